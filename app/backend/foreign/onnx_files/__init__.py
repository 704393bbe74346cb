"""A network in an ONNX file: read, never run. Shapes by ONNX's own inference, counts by the rules here."""
