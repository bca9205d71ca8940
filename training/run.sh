#!/bin/sh
# From packages to weights: sh training/run.sh FOLDER [MINUTES]. Run it again and it goes on where it was cut.
# On a GPU 9.2 minutes with four times the scenes a batch, as the bundled weights; on two CPUs 150 minutes.
set -eu
folder=$1
pictures="tuxpaint-stamps-default gcompris-qt-data mate-backgrounds plasma-workspace-wallpapers
    lomiri-wallpapers-16.04 lomiri-wallpapers-20.04"
# shellcheck disable=SC2086 — one word for each package
dpkg -s $pictures >/dev/null 2>&1 || apt-get install -y --no-install-recommends $pictures
python -m pip install --quiet -r requirements.txt scikit-image scikit-learn

export OMP_NUM_THREADS=1
if python -c 'import sys, torch; sys.exit(not torch.cuda.is_available())'; then
    python -m training.train --folder "$folder" --minutes "${2:-9.2}" --scenes 4 --workers "$(($(nproc --all) - 2))"
else
    # Scores of 4096 × 4096 patches come and go: an allocator that keeps its pages saves a third of such a step's time.
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=17179869184
    GLIBC_TUNABLES=$GLIBC_TUNABLES:glibc.malloc.trim_threshold=17179869184:glibc.malloc.top_pad=268435456
    export GLIBC_TUNABLES
    nice -n 19 torchrun --standalone --nproc-per-node "$(nproc --all)" \
        -m training.train --folder "$folder" --minutes "${2:-150}"
fi
python -m training.bundle --folder "$folder"
python -m training.evaluate
