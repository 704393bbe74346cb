"""Limits on what a person may hand in, in one place: each with the reason for it.

Limits on the network itself (widths, input size, classes) live in `inception_models`.
"""

MAX_UPLOAD_BYTES = 20 * 2**20
"""Bytes of a picture's file. A 24-megapixel phone photograph is 5-12 MB; the server holds every upload in memory."""

MAX_PIXELS = 40_000_000
"""Pixels of a picture, read from its header before any is decoded. 40 million take 0.3-0.7 GB while being converted."""

MAX_DECODED_AT_ONCE = 2
"""Pictures that are decoded at the same time; others wait. One of 40 megapixels takes up to 0.4 GB for a second."""

MAX_ASPECT = 20
"""Long side over short side. The short side is resized to a fixed size, so a 1 x 20,000 strip at 256 px would become
256 x 5,120,000; with 20 the largest resized picture stays below 30 megapixels."""

MAX_RUN_BYTES = 6 * 2**30
"""Memory that one forward pass may need. The largest published variant, the naive GoogLeNet, needs 0.8 GB; a
GoogLeNet of 8,192 filters everywhere would need 260 GB and kill the server."""

MAX_LINK_BYTES = 8 * 1024
"""Bytes of a shared link. Common servers and proxies refuse a request line above 8 kB."""

MAX_NPZ_BYTES = 512 * 2**20
"""Bytes of downloaded arrays. All branches of the largest published variant take 60 MB; the file is made in memory."""

MAX_WEIGHTS_BYTES = 400 * 2**20
"""Bytes of a person's own weights. The largest variant, the naive GoogLeNet, has 373 MiB; the server holds every upload
in memory."""

MAX_ONNX_BYTES = 400 * 2**20
"""Bytes of an .onnx file. ViT-B has 330 MiB; the server holds every upload in memory, and reading doubles it."""

MAX_ONNX_NODES = 50_000
"""Nodes of an .onnx file, its functions written out. Swin with dynamic axes, the longest export seen, has 6,200."""

MAX_FOREIGN_BYTES = 6 * 2**30
"""Memory of the process that analyses a person's network. PyTorch takes 1 GB; a few constructors make real weights."""

MAX_FOREIGN_SECONDS = 180
"""How long that process may take. The slowest of 210 networks of torchvision and timm take 30 seconds."""
