"""Check that a bill of materials is of what the image has: the last step of `make sbom`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.dependencies.hashes import IMAGE
from deploy.dependencies.project import canonical, pinned

BILL = Path("build/sbom.json")


def problems(bill: Mapping[str, Any], image: Mapping[str, str]) -> list[str]:
    """Return a line for each difference between a bill (CycloneDX's JSON) and the versions in the
    image, by canonical name."""
    components = bill.get("components", [])
    listed = {canonical(one["name"]): one["version"] for one in components}
    found = [f"{name} is in the image and not in it" for name in sorted(image.keys() - listed)]
    found += [f"{name} is in it and not in the image" for name in sorted(listed.keys() - image)]
    found += [
        f"{name} is {listed[name]} in it and {image[name]} in the image"
        for name in sorted(listed.keys() & image)
        if listed[name] != image[name]
    ]
    if len(components) != len(listed):
        found.append("it lists a package twice")
    found += [
        f"{one['name']} has no address in it that names {listed[canonical(one['name'])]}"
        for one in components
        if not one.get("purl", "").endswith(f"@{one['version']}")
    ]
    return found + _unconnected(bill)


def _unconnected(bill: Mapping[str, Any]) -> list[str]:
    """Return a line for each package of which nothing says who needs it."""
    root = bill["metadata"]["component"]["bom-ref"]
    needs = {one["ref"]: one.get("dependsOn", []) for one in bill.get("dependencies", [])}
    waiting, seen = [root], set[str]()
    while waiting:
        if (ref := waiting.pop()) not in seen:
            seen.add(ref)
            waiting += needs.get(ref, [])
    return [
        f"nothing in it needs {one['name']}"
        for one in bill.get("components", [])
        if one["bom-ref"] not in seen
    ]


if __name__ == "__main__":
    wrong = problems(json.loads(BILL.read_bytes()), pinned(IMAGE))
    if wrong:
        sys.stderr.write("\n".join([f"{BILL} is not of what the image has:", *wrong, ""]))
    sys.exit(bool(wrong))
