"""What a file is that is not a checkpoint, told by its first bytes, each in its own sentence."""

from __future__ import annotations

from collections.abc import Collection

HEAD_BYTES = 1024
GZIP = b"\x1f\x8b"
HDF5 = b"\x89HDF\r\n\x1a\n"
# How a file begins, and what it is then.
MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "is a Git LFS pointer, not the file itself; fetch it with git lfs pull"),
    (b"\x93NUMPY", "is a NumPy array; save the network's state_dict() with torch.save"),
    (b"GGUF", "is a GGUF file, which holds language models"),
    (b"BZh", "is compressed with bzip2; unpack it first"),
    (b"\xfd7zXZ", "is compressed with xz; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7z archive; unpack it first"),
    (b"Rar!", "is a RAR archive; unpack it first"),
    (b"%PDF", "is a PDF document"),
    (b"\x89PNG", "is a picture"),
    (b"\xff\xd8\xff", "is a picture"),
)
TORCHSCRIPT = "is a TorchScript program, which could run code; save its state_dict() instead"
EXPORTED = "is a torch.export program; save the module's state_dict() instead"


def not_a_checkpoint(head: bytes) -> str:
    """What a file that begins with ``head`` is, as the end of a sentence; empty where it may be a checkpoint."""
    for magic, sentence in MAGIC:
        if head.startswith(magic):
            return sentence
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<head", b"<body")):
        return "is a web page, not weights; the download went to a login or error page"
    if text.startswith((b"{", b"[")) and b"\0" not in head:
        return "is a JSON file, not weights"
    if head[4:8] == b"TFL3":
        return "is a TensorFlow Lite model; convert its weights to PyTorch first"
    if head[257:262] == b"ustar":
        return "is a tar archive; unpack it first, or save it again with a PyTorch of this decade"
    return ""


def is_onnx(head: bytes) -> bool:
    """Whether a file that begins so is an ONNX model.

    That is a protocol buffer: field 1, the version of the format, then the producer's name or another early field.
    """
    return len(head) > 3 and head[0] == 0x08 and 0 < head[1] < 0x20 and head[2] in (0x12, 0x1A, 0x22, 0x3A, 0x42)


def not_a_checkpoint_zip(names: Collection[str]) -> str:
    """The same of a zip archive with these parts."""
    inner = [name.partition("/")[2] or name for name in names]
    if any(name.startswith("code/") or name == "constants.pkl" or name == "model.json" for name in inner):
        return TORCHSCRIPT
    if any(name.startswith(("models/", "serialized_")) or name == "archive_format" for name in (*inner, *names)):
        return EXPORTED
    if any(name.endswith(".weights.h5") for name in names):
        return 'is of the form of Keras 3 (.keras); open it in Keras and save it with model.save("model.h5")'
    if any(name.endswith(".npy") for name in names):
        return "is an archive of NumPy arrays; save the network's state_dict() with torch.save"
    if not any(name == "data.pkl" for name in inner):
        weights = [name for name in names if name.lower().endswith((".pth", ".pt", ".ckpt", ".bin", ".safetensors"))]
        return f"is a zip archive{f' that contains {weights[0][:80]}' if weights else ''}; unpack it first"
    return ""
