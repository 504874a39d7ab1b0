"""One schema of passages, two engines (embedded, server), vectors and words."""

import os

# Nothing leaves the machine, so the libraries that have telemetry are told to send none. They
# read this once, when they are imported, which only this package does. onnxruntime for one
# looks up an event host of its vendor and writes a device id below ~/.cache.
os.environ.update(
    {
        "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime
        "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub, which fastembed downloads models with
        "DO_NOT_TRACK": "1",  # whatever else follows the common convention
    }
)
