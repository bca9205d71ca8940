#!/bin/sh
# From packages to weights: sh training/run.sh FOLDER [MINUTES]. Run it again and it goes on where it was cut.
# MINUTES are of the first part, from nothing: by default 9.2 on a GPU, with four times the scenes a batch, and 150 on CPUs.
set -eu
folder=$1
pictures="tuxpaint-stamps-default gcompris-qt-data mate-backgrounds plasma-workspace-wallpapers
    lomiri-wallpapers-16.04 lomiri-wallpapers-20.04"
# shellcheck disable=SC2086 — one word for each package
dpkg -s $pictures >/dev/null 2>&1 || apt-get install -y --no-install-recommends $pictures
python -m pip install --quiet -r requirements.txt scikit-image scikit-learn

export OMP_NUM_THREADS=1
if python -c 'import sys, torch; sys.exit(not torch.cuda.is_available())'; then
    minutes=${2:-9.2}
    train() { python -m training.train --scenes 4 --workers "$(($(nproc --all) - 2))" "$@"; }
else
    minutes=${2:-150}
    # Scores of 4096 × 4096 patches come and go: an allocator that keeps its pages saves a third of such a step's time.
    GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=17179869184
    GLIBC_TUNABLES=$GLIBC_TUNABLES:glibc.malloc.trim_threshold=17179869184:glibc.malloc.top_pad=268435456
    export GLIBC_TUNABLES
    train() { nice -n 19 torchrun --standalone --nproc-per-node "$(nproc --all)" -m training.train "$@"; }
fi
train --folder "$folder/first" --minutes "$minutes"
python -m training.bundle --folder "$folder/first" --out "$folder/first.safetensors"
train --folder "$folder/second" --minutes 14 --settle "$folder/first.safetensors"
python -m training.bundle --folder "$folder/second"
python -m training.evaluate
