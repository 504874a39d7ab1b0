"""The index: one schema of passages, two engines (embedded, server), vectors and words."""

import os

# Nothing leaves the machine, so the libraries' telemetry is switched off. They read these once,
# when they are imported, which only this package does. onnxruntime, for example, looks up an event
# host of its vendor and writes a device id below ~/.cache.
os.environ.update(
    {
        "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime
        "HF_HUB_DISABLE_TELEMETRY": "1",  # huggingface_hub, with which fastembed downloads models
        "DO_NOT_TRACK": "1",  # libraries that follow the common convention
    }
)
