"""What errors and facts say, in English, by key: the one place where these sentences are written.

`samvit.errors.Phrase` fills those of errors. Another language has the same keys and the same places.
"""

from collections.abc import Mapping

_CONVERT = "export its weights to .safetensors or .pth with the program that wrote it"
_MERGE_FIRST = "merge it into the weights first (PEFT: merge_and_unload), and save those"

_WHAT_IFS = {
    "what_if.most": "a what-if must have at most {most} changes, got {got}",
    "what_if.both": "{one} and {other} must not be in one what-if, got both",
    "what_if.place": "{name} of {kind} must be in 0..{last}, got {got}",
    "what_if.shift": "{name} of {kind} must be in ±{most} pixels, got {got}",
    "what_if.channels": "grey must be of an image of 3 channels, got {got}",
    "what_if.kind": "a change must be one of {kinds}, got {got!r}",
    "what_if.form": "{kind} must be written {form}, got {got!r}",
}

_ASKED = {
    "index": "{name} must be in 0..{last}, got {got}",
    "patch": "patch must be in (0..{last_row}, 0..{last_col}), got {got}",
    "image.shape": "image must be batch × {channels} × rows × cols with sides a multiple of {patch} px, got {got}",
    "image.one": "a trace holds one image, got {got}",
    "image.size": "img_size must be a multiple of {patch}, got {got}",
    "image.way": "way must be one of {ways}, got {got!r}",
}

_MEASURES = {
    "measure.finite": (
        "numbers must be finite for this, got NaN or infinity from the encoder: training damaged its weights, or the "
        "numbers grew too large for their format"
    ),
    "measure.window": "the key must lie in the query's window, got query {query} and key {key}",
    "measure.global_block": "block must be windowed, got {got}, which is global",
    "measure.foreground": "foreground must be one of {rules}, got {got!r}",
    "measure.regions": "count must be in 1..{most}, got {got}",
    "measure.position_table": "expected an encoder with a position table, got one built with use_abs_pos=False",
}

_PHOTOS = {
    "photo.missing": "photo must be an existing file, got {name!r}, which isn't there",
    "photo.folder": "photo must be a file, got the folder {name!r}",
    "photo.unreadable": "photo must be a readable file, got {name!r}, which can't be opened",
    "photo.source": "photo must be a path, bytes, a binary stream, a Pillow picture or a NumPy array, got {got}",
    "photo.seek": "photo must be an open stream that can be sought, got one that can't: pass its bytes",
    "photo.text_stream": 'photo must be a binary stream, got one of text: open the file with mode "rb"',
    "photo.format": "photo must be one of {formats}, got {kind}",
    "photo.array_kind": "photo must be an array of numbers, got one of {got}",
    "photo.array_shape": "photo must be an array of rows × cols or rows × cols × bands, got {got}",
    "photo.bands_first": (
        "photo must be an array of rows × cols × bands, got {got}, which has its bands first: "
        "transpose(1, 2, 0) puts them last"
    ),
    "photo.tensor": (
        "photo as a tensor must be uint8 of 3 × rows × cols, or a floating point model image, got {dtype} of {shape}"
    ),
    "photos.folder": "photos must be a folder or a list of photos, got {name!r}, which is no folder",
    "photo.damaged": "photo must be a whole file, got a {format} that is truncated or damaged",
    "photo.too_much": (
        "photo must be decoded within seconds and a gigabyte, got one that can't: save it anew as JPEG or PNG"
    ),
    "photo.header": "photo must be a whole picture file, got one whose header is damaged",
    "photo.empty": "photo must have at least one pixel, got {cols}×{rows} (columns × rows)",
    "photo.pixels": "photo must have at most {most:,} pixels, got {cols}×{rows} = {count:,} (columns × rows)",
    "photo.pixels_page": "{problem}; page {page} has {cols}×{rows}",
    "photo.pixels_over": "photo must have at most {most:,} pixels, got over {millions} million",
    "photo.memory": (
        "photo must take at most {most:.1f} GB of memory, got {count:,.1f} GB: export a smaller picture, or fewer bands"
    ),
    "photo.segments": "photo must have at most {most:,} strips or tiles, got a TIFF of {count:,}",
    "photo.sample_formats": "photo must hold one kind of number, got a TIFF of several (sample formats {formats})",
    "photo.depth": (
        "photo must be of whole numbers or floats of common sizes, got a TIFF of {bits} bits in sample format "
        "{format}: export it as 8 or 16 bit"
    ),
    "photo.colours": "photo must be in common colours, got a TIFF in {name} that can't be read: save it as RGB",
    "photo.compression": (
        "photo must be compressed in a common way, got a TIFF compressed as {name}: save it with LZW, Deflate or "
        "uncompressed"
    ),
    "photo.subsampled": (
        "photo must have its colours at full size, or be compressed as JPEG, got a TIFF in subsampled YCbCr that can't "
        "be read: save it as RGB"
    ),
    "photo.dicom_empty": "photo must be a DICOM file that holds a picture, got one without",
    "photo.dicom_coding": (
        "photo must be coded in a way that can be read here, got a DICOM file in {name}: save it uncompressed, or "
        "export the picture as 16-bit PNG or TIFF"
    ),
    "photo.page": "page must be in 1..{pages}, got {got}",
    "photo.frame": "frame must be in 1..{pages}, got {got}",
    "photo.one_page": "page must be one number, got {got}: only grey pages of a TIFF can be taken together",
    "photo.three_pages": "pages must be one, or three: red, green and blue; got {count}",
    "photo.pages_alike": "pages must be grey, of one size and one depth to be taken as red, green and blue",
    "photo.channels": (
        "photo must have {channels} bands for this encoder, which takes {channels} channels, got {bands}: open a TIFF "
        "of {channels} bands"
    ),
    "photo.channel_bands": "bands must be {channels} for an encoder of {channels} channels, got {count}",
    "photo.channel_pages": ("pages must be one, or {channels} for an encoder of {channels} channels, got {count}"),
    "photo.opened_for": "photo must be opened for an encoder of {channels} channels: open_photo(…, channels=…)",
    "photo.band_count": "bands must be one, shown as grey, or three: red, green and blue; got {count}",
    "photo.band": "bands must be in 1..{bands}, got {got}",
}

# What a file is that was given for a photo.
_KINDS = {
    "kind.empty": "an empty file",
    "kind.pdf": "a PDF",
    "kind.postscript": "a PostScript file (export it as PNG)",
    "kind.git_lfs": "a git-lfs pointer",
    "kind.photoshop": "a Photoshop document (export it as PNG or TIFF)",
    "kind.gimp": "a GIMP document (export it as PNG or TIFF)",
    "kind.openexr": "an OpenEXR picture (export it as TIFF)",
    "kind.radiance": "a Radiance HDR picture (export it as TIFF)",
    "kind.jpeg_xl": "a JPEG XL picture (export it as JPEG or PNG)",
    "kind.jpeg_xr": "a JPEG XR picture (export it as JPEG or TIFF)",
    "kind.icon": "a Windows icon (export it as PNG)",
    "kind.dds": "a DirectDraw texture (export it as PNG)",
    "kind.qoi": "a QOI picture (export it as PNG)",
    "kind.pam": "a PAM picture (export it as PNG)",
    "kind.fits": "a FITS file (export the picture as TIFF)",
    "kind.nrrd": "an NRRD volume (export one slice as TIFF or PNG)",
    "kind.metaimage": "a MetaImage volume (export one slice as TIFF or PNG)",
    "kind.hdf5": "an HDF5 file (export the picture as TIFF)",
    "kind.netcdf": "a netCDF file (export the picture as TIFF)",
    "kind.czi": "a Zeiss CZI file (export it as TIFF)",
    "kind.nd2": "a Nikon ND2 file (export it as TIFF)",
    "kind.numpy": "a NumPy array (save it as TIFF or PNG, or open it from Python)",
    "kind.zip": "a zip archive",
    "kind.gzip": "a gzip archive (unpack it first)",
    "kind.7z": "a 7z archive",
    "kind.rar": "a RAR archive",
    "kind.bzip2": "a bzip2 archive",
    "kind.xz": "an xz archive",
    "kind.video": "a video (export one frame as PNG)",
    "kind.media": "a video or sound file",
    "kind.program": "a program",
    "kind.damaged_photo": "a {format} that is truncated or damaged",
    "kind.damaged_avif": "an AVIF that is truncated or damaged",
    "kind.heic": "a HEIC photo (export it as JPEG)",
    "kind.raw": "a camera raw ({make}): export it as TIFF or JPEG",
    "kind.raw_unnamed": "a camera raw: export it as TIFF or JPEG",
    "kind.raw_thumbnail": "a camera raw ({make}), whose thumbnail is {cols}×{rows}: export it as TIFF or JPEG",
    "kind.raw_unnamed_thumbnail": "a camera raw, whose thumbnail is {cols}×{rows}: export it as TIFF or JPEG",
    "kind.dicom": (
        "a DICOM file, for which pydicom isn't installed: pip install pydicom, or export the picture as 16-bit PNG or "
        "TIFF, in the window you want to see"
    ),
    "kind.nifti": "a NIfTI volume: export one slice as 16-bit PNG or TIFF",
    "kind.markup": "a text file (HTML, XML or SVG)",
    "kind.text": "a text file",
    "kind.unknown": "another kind of file, or a damaged one",
}

_CHECKPOINTS = {
    "checkpoint.missing": "checkpoint must be an existing file, got {name!r}, which isn't there",
    "checkpoint.folder": "checkpoint must be a file, got the folder {name!r}",
    "checkpoint.unreadable": "checkpoint must be readable, got {name!r}, which can't be opened",
    "checkpoint.kind": "checkpoint must be a .pth or .safetensors file, got {name!r}, which is {kind}",
    "checkpoint.damaged": "checkpoint must be a whole file, got {name!r}, which is truncated or damaged",
    "checkpoint.runs": "checkpoint must hold plain tensors, got {name!r}, a pickle that wants to run code ({function})",
    "checkpoint.plain": "checkpoint must hold plain tensors, got {name!r}, {kind}",
    "checkpoint.dict": "checkpoint must hold a dict of tensors, got {name!r}, a {kind}",
    "checkpoint.no_tensors": "checkpoint must hold named tensors, got {name!r}, which holds none",
    "checkpoint.objects": (
        "checkpoint must hold named tensors, got {name!r}, which holds none but objects of {kind}: "
        "save its state_dict alone, with torch.save"
    ),
    "checkpoint.numbers": "checkpoint must hold floating point numbers, got {kind} in {tensor}",
    "checkpoint.claims": "checkpoint must be as long as its tensors, got {name!r}, which claims more",
    "checkpoint.index": "index must name the files of its shards, got {name!r}, which doesn't",
    "checkpoint.shards": "checkpoint of {count} shards must have them all in one folder, got none of {missing}",
    "checkpoint.distributed": (
        "checkpoint must be one file or shards, got the folder {name!r} of torch.distributed.checkpoint: "
        "convert it with torch.distributed.checkpoint.format_utils.dcp_to_torch_save"
    ),
    "checkpoint.deepspeed": (
        "checkpoint must be one file or shards, got the folder {name!r} of DeepSpeed: "
        "convert it with its zero_to_fp32.py"
    ),
    "checkpoint.empty_folder": "checkpoint must be a file, or a folder with one, got the folder {name!r} with none",
    "checkpoint.full_folder": (
        "checkpoint must be a file, or a folder with one, got the folder {name!r} with {count} of them ({files}): "
        "name one"
    ),
    "checkpoint.lacks": "checkpoint must hold all {count} tensors of the image encoder, got one that lacks {names}",
    "checkpoint.more": (
        "checkpoint must hold the {count} tensors of the image encoder and no others in it, got {names} more"
    ),
    "checkpoint.shapes": (
        "checkpoint must have the shapes of {config}, got {count} others: {tensor} must be {wanted}, got {got}"
    ),
    "checkpoint.axes": "checkpoint must have a {tensor} of {count} axes, got the shape {got}",
    "checkpoint.scalar": "a single number",
    "checkpoint.heads": "checkpoint must have heads that divide {dim}, got heads of {got}",
    "checkpoint.no_rel_pos": (
        "checkpoint must hold relative position tables, got one without: its shapes can't tell {fields}; say it with "
        "--config (config= in Python), such as --config vit_b or "
        "--config num_heads=12,window_size=14,global_attn_indexes=2+5+8+11"
    ),
    "checkpoint.tables": (
        "checkpoint must have two relative position tables of 2·S − 1 rows in each block, got {rows} in block {block}"
    ),
    "checkpoint.no_pos_embed": (
        "checkpoint without pos_embed must have two spans of attention, windowed and global, got {spans} tokens; "
        "say img_size with --config (config= in Python)"
    ),
    "checkpoint.spans": (
        "checkpoint must have blocks that span its {grid} tokens or one window size, got spans of {spans} tokens"
    ),
    "checkpoint.several": (
        "checkpoint must hold one image encoder, got {count}, under {prefixes}: "
        "say which with --prefix (prefix= in Python)"
    ),
    "checkpoint.prefix": "prefix must be one under which the file holds an image encoder ({there}), got {got!r}",
    "checkpoint.no_prefix": "none",
    "checkpoint.twice": "checkpoint must hold each tensor once, got {tensor} twice under {prefix!r}",
    "checkpoint.blocks": "checkpoint must hold blocks such as blocks.0.norm1.weight, got none under {prefix!r}",
    "checkpoint.timm": "checkpoint under timm's names must hold relative position tables, got one without",
    "checkpoint.architecture": (
        "checkpoint must hold SAM's own image encoder; this is {model}, whose encoder is another architecture"
    ),
    "model.repvit": "RepViT-SAM or EdgeSAM",
    "model.class_token": "a plain ViT with a class token",
    "model.timm": "a plain ViT under timm's names",
    "model.yolo": "a YOLO network, such as FastSAM",
    "checkpoint.adapter": (
        "checkpoint must hold a whole image encoder, got an adapter alone, {names}: "
        "merge it into the weights first, and save those"
    ),
    "checkpoint.part": "checkpoint must hold a whole image encoder, got only a part of one, {names}",
    "checkpoint.keys": "checkpoint must hold keys such as image_encoder.blocks.0.norm1.weight, got {names}",
    "checkpoint.qkv": "checkpoint with separate q, k and v must have all three alike, got other in {tensor}",
    "checkpoint.adapters": f"checkpoint must hold plain weights, got an adapter's, {{tensor}}: {_MERGE_FIRST}",
    "checkpoint.several_lora": f"checkpoint must hold one LoRA adapter, got several: {_MERGE_FIRST}",
    "checkpoint.lora_alone": (
        f"checkpoint must hold the weights that its LoRA belongs to, got none of {{layer}}: {_MERGE_FIRST}"
    ),
    "checkpoint.lora_shape": (
        f"checkpoint's LoRA must have the shape of its layer, got another in {{layer}}: {_MERGE_FIRST}"
    ),
    "checkpoint.lora_no_alpha": f"checkpoint with LoRA must tell its lora_alpha, got none: {_MERGE_FIRST}",
    "checkpoint.lora_alphas": f"checkpoint with LoRA must tell its lora_alpha, got {{count}}: {_MERGE_FIRST}",
    "config.unknown": "config must be one of {configs} or {fields}= with whole numbers, got {got!r:.60}",
    "config.arguments": (
        "config must have heads that divide {dim}, a window of 0 or more and global blocks in 0..{last}, "
        "got {heads} heads, a window of {window} and {blocks}"
    ),
    "config.no_blocks": "none",
}

# What a file is that was given for a checkpoint.
_CHECKPOINT_KINDS = {
    "weights.empty": "empty",
    "weights.html": "an HTML page (the link led to a web page, not to the file)",
    "weights.git_lfs": "a git-lfs pointer (run `git lfs pull` to get the file it stands for)",
    "weights.hdf5": f"an HDF5 file (Keras writes such; {_CONVERT})",
    "weights.gguf": f"a GGUF file ({_CONVERT})",
    "weights.ggml": f"a GGML file ({_CONVERT})",
    "weights.npy": "a NumPy array (.npy), without the names of tensors",
    "weights.gzip": "compressed with gzip (unpack it first)",
    "weights.xz": "compressed with xz (unpack it first)",
    "weights.bzip2": "compressed with bzip2 (unpack it first)",
    "weights.zstd": "compressed with zstd (unpack it first)",
    "weights.7z": "a 7-Zip archive (unpack it first)",
    "weights.rar": "a RAR archive (unpack it first)",
    "weights.tar": "a tar archive (unpack it first)",
    "weights.empty_zip": "an empty zip archive",
    "weights.png": "a PNG picture",
    "weights.jpeg": "a JPEG picture",
    "weights.pdf": "a PDF document",
    "weights.tensorrt": "a TensorRT engine, compiled for one GPU",
    "weights.windows": "a Windows program",
    "weights.linux": "a Linux program",
    "weights.tflite": f"a TFLite model ({_CONVERT})",
    "weights.onnx": "an ONNX model (give the .pth or .safetensors that it was exported from)",
    "weights.json": "a JSON text",
    "weights.torchscript": "a TorchScript program (save its state_dict alone, with torch.save)",
    "weights.npz": f"NumPy arrays (.npz; {_CONVERT})",
    "weights.keras": f"a Keras model ({_CONVERT})",
    "weights.pt2": "a torch.export program (.pt2)",
    "weights.coreml": f"a Core ML model ({_CONVERT})",
    "weights.torchserve": "a TorchServe archive (unpack it, and give the weights inside)",
    "weights.office": "an office document",
    "weights.no_pickle": "a checkpoint without its data.pkl: part of it is missing",
    "weights.zip": "a zip archive (unpack it, and give the checkpoint inside)",
    "weights.compressed": "a compressed archive (unpack it and save the state_dict again with torch.save)",
    "weights.big_endian": "numbers in big-endian order",
    "numbers.sparse": "sparse values",
    "numbers.quantised": "quantised numbers",
    "numbers.meta": "no values (a meta tensor)",
    "numbers.repeated": "numbers repeated beyond what it stores",
    "numbers.other": "{dtype} numbers",
}

_FOUND = {
    "found.not_here": "{name} must be on this machine, got no file of it, and downloads aren't allowed",
    "found.nowhere": "{name} isn't on this machine and {why}",
    "found.not_bundled": "{name} must be bundled, got an installation without {file}",
    "found.folder": "{variable} must name an existing folder, got one that isn't there",
    "found.sha256": "{name} must have the official SHA-256 {wanted}…, got {got}…: download it again",
    "hub.offline": "downloads are switched off (HF_HUB_OFFLINE)",
    "hub.revision": "{repo} on {host} has no revision {revision!r}",
    "hub.repo": "{host} has no {repo} to give",
    "hub.refused": "{host} refused {repo} with HTTP status {status}",
    "hub.other": "{host} doesn't answer like a Hugging Face hub",
    "hub.unreachable": "{host} can't be reached",
    "hub.disk_full": "there is no room left on the disk to store {repo}",
    "hub.read_only": "{repo} can't be stored: the cache folder can't be written to (HF_HOME names another)",
    "hub.broken": "its download from {host} broke off or couldn't be stored",
}

_BLOCKS = {
    "blocks.all": "all blocks",
    "blocks.some": "blocks {blocks}",
    "blocks.none": "no blocks",
}

ENGLISH: Mapping[str, str] = {
    **_PHOTOS,
    **_KINDS,
    **_CHECKPOINTS,
    **_CHECKPOINT_KINDS,
    **_FOUND,
    **_BLOCKS,
    **_WHAT_IFS,
    **_ASKED,
    **_MEASURES,
}

# How a photo was read. Bands, pages and frames count from 1, as GDAL and every viewer count them.
PHOTO_FACTS: Mapping[str, str] = {
    "alpha_ignored": "its transparency hides every pixel and was left out",
    "alpha_on_white": "its transparent parts are shown white",
    "band": "band {band} of {bands}, shown as grey",
    "bands": "bands {red}, {green}, {blue} of {bands}",
    "band_list": "bands {list} of {bands} for the encoder's {count} channels",
    "cmyk": "CMYK, made RGB without a colour profile",
    "cmyk_profile": "CMYK, made RGB through the file's own colour profile",
    "dark": "nearly black: {share} of the values are at most {high} of 255",
    "flat": "every pixel has the same value, {value}",
    "frame": "frame {frame} of {frames}",
    "grey": "grey",
    "held": "as a trace holds it, {rows} × {cols} px",
    "magnitude": "complex numbers, shown by their magnitude",
    "nodata": "nodata ({value}) left out, {share} of the values, shown black",
    "nodata_assumed": "{value} taken for nodata and left out, {share} of the values, shown black",
    "not_finite": "NaN and infinity left out, {share} of the values",
    "page": "page {page} of {pages}",
    "page_range": "page {page}: {bits} bit, shown from {low} to {high}",
    "page_range_float": "page {page}: {bits}-bit float, shown from {low} to {high}",
    "page_list": "pages {list} of {pages} for the encoder's {count} channels",
    "pages": "pages {red}, {green}, {blue} of {pages} taken as red, green and blue",
    "window": "in the file's own window, centre {centre}, width {width}",
    "to_grey": "shown in grey, for the encoder takes one channel",
    "range": "{bits} bit, shown from {low} to {high}",
    "range_float": "{bits}-bit float, shown from {low} to {high}",
}

# What an encoder's weights are; each is a sentence.
WEIGHTS_FACTS: Mapping[str, str] = {
    "origin.official": "Segment Anything's own weights ({repo}), known by their SHA-256.",
    "origin.hub": "Weights from {repo} on the Hugging Face Hub.",
    "origin.bundled": "The small encoder that comes with this project.",
    "origin.file": "Weights from a local file; nothing in it says who trained them.",
    "origin.random": "Random numbers: nothing was learned.",
    "sizes": "An encoder {embed_dim} wide, of {depth} blocks and {num_heads} heads; made for {img_size} px.",
    "sizes.named": "The sizes of {name}; made for {img_size} px.",
    "layout": "Its tensors have {layout}'s names, under the prefix {prefix!r}.",
    "layout.bare": "Its tensors have {layout}'s names, without a prefix.",
    "shards": "Put together from {count} files.",
    "joined": "Its q, k and v were three layers, and were joined.",
    "lora": "A LoRA of rank {rank} was merged into it.",
    "dtype": "Stored as {dtypes}, used as float32.",
    "in_chans": (
        "It takes {in_chans} channels, not the three of a colour photo. Channels without a colour are normalised by "
        "the average of the three colours' means and deviations, for the file doesn't say what it was trained with."
    ),
    "in_chans.grey": (
        "It takes one channel: a photo's grey values. They are normalised by the average of the three colours' means "
        "and deviations, for the file doesn't say what it was trained with."
    ),
    "left_out": "Left out: {count} tensors of the file that are no part of the image encoder.",
    "window_is_grid": (
        "Its windows are as large as its patch grid ({window} tokens), so its tensors can't tell windowed blocks from "
        "global ones: {blocks} count as global. At its own {img_size} px both compute the same, at other sizes not; "
        "--config global_attn_indexes=2+5+8+11, with the numbers of its own blocks, tells which is right."
    ),
    "stated": "Told by a person or by a config.json, not by its tensors: {fields}.",
    "not_finite": "Damaged by training: {count} of its tensors hold NaN or infinity, {first} first.",
}
