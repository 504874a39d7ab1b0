"""docker-compose.yml and the Kubernetes manifests are valid by schema, and agree with Footnote."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from footnote_bot.bot.cli.status_command import status
from footnote_bot.config.loading import load
from footnote_bot.config.settings import Secrets

ROOT = Path(__file__).parents[1]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SCHEMA = ROOT / "tests/data/compose/compose_spec.json"
"""The schema of the Compose Specification, as docker-compose 1.29.2 ships it (Apache 2.0)."""
KUBERNETES = "1.30"
"""The oldest version of Kubernetes that the manifests support."""


def manifests() -> list[dict[str, Any]]:
    files = sorted((ROOT / "deploy/kubernetes").glob("*.yaml"))
    return [
        manifest
        for file in files
        for manifest in yaml.safe_load_all(file.read_text(encoding="utf-8"))
    ]


def manifests_by_name(kind: str) -> dict[str, dict[str, Any]]:
    return {
        manifest["metadata"]["name"]: manifest
        for manifest in manifests()
        if manifest["kind"] == kind
    }


def containers() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield the name of each StatefulSet, with its container and its pod."""
    for name, manifest in manifests_by_name("StatefulSet").items():
        pod = manifest["spec"]["template"]["spec"]
        yield name, pod["containers"][0], pod


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in list(os.environ):
        if name.startswith("FOOTNOTE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


def test_compose_is_valid_by_its_schema() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    jsonschema.Draft201909Validator(schema).validate(COMPOSE)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "manifest",
    manifests(),
    ids=lambda manifest: f"{manifest['kind']}-{manifest['metadata']['name']}",
)
def test_every_manifest_is_valid_by_its_schema(manifest: dict[str, Any]) -> None:
    kubernetes_validate.validate(manifest, KUBERNETES, strict=True)


def test_every_service_of_compose_tells_its_health_and_starts_in_order() -> None:
    services = COMPOSE["services"]
    ranks = {"qdrant": 0, "postgres": 0, "indexer": 1, "bot-1": 2, "bot-2": 2}

    assert services.keys() == ranks.keys()
    for name, service in services.items():
        assert service["healthcheck"]["test"], name
        waits = service.get("depends_on", {})
        assert all(condition["condition"] == "service_healthy" for condition in waits.values())
        assert {ranks[other] for other in waits} == set(range(ranks[name])), name
        assert set(service.get("secrets", ())) <= COMPOSE["secrets"].keys()
        volumes = {volume.split(":")[0] for volume in service.get("volumes", ())}
        assert {volume for volume in volumes if volume[0] not in "./"} <= COMPOSE["volumes"].keys()


def test_both_deployments_detect_an_indexer_that_hangs() -> None:
    """`footnote status` alone would report success while the index can be read."""
    looks = ["footnote", "status", "--indexer"]
    (indexer,) = [container for name, container, _ in containers() if name == "footnote-indexer"]

    assert COMPOSE["services"]["indexer"]["command"] == indexer["args"]
    assert indexer["args"] == ["sync", "--watch", "--metrics"]
    assert COMPOSE["services"]["indexer"]["healthcheck"]["test"] == ["CMD", *looks]
    assert indexer["livenessProbe"]["exec"]["command"] == looks
    assert indexer["startupProbe"]["exec"]["command"] == looks
    assert looks[2] in {option for param in status.params for option in param.opts}


def test_every_process_of_ours_in_kubernetes_is_restarted_when_it_hangs() -> None:
    for name, container, _ in containers():
        if name.startswith("footnote"):
            assert {"startupProbe", "livenessProbe"} <= container.keys(), name


def pods() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and the pod of each StatefulSet and CronJob."""
    for name, manifest in manifests_by_name("StatefulSet").items():
        yield name, manifest["spec"]["template"]["spec"]
    for name, manifest in manifests_by_name("CronJob").items():
        yield name, manifest["spec"]["jobTemplate"]["spec"]["template"]["spec"]


def test_no_container_in_kubernetes_is_root_or_writes_outside_its_volumes() -> None:
    for name, pod in pods():
        security = pod["securityContext"]
        assert security["runAsNonRoot"], name
        assert security["runAsUser"], name
        assert security["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert not pod["automountServiceAccountToken"], name
        for container in (*pod.get("initContainers", ()), *pod["containers"]):
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }, name
            volumes = {volume["name"] for volume in pod.get("volumes", ())}
            claims = manifests_by_name("StatefulSet").get(name, {"spec": {}})["spec"]
            volumes |= {v["metadata"]["name"] for v in claims.get("volumeClaimTemplates", ())}
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes, name


def test_the_stores_are_reached_by_footnote_alone_and_footnote_at_one_port() -> None:
    policies = {name: policy["spec"] for name, policy in manifests_by_name("NetworkPolicy").items()}
    (expression,) = policies["footnote-stores"]["podSelector"]["matchExpressions"]
    ours = {"app.kubernetes.io/name": "footnote"}

    assert set(expression["values"]) == {"qdrant", "postgres"}
    assert policies["footnote-stores"]["ingress"] == [
        {"from": [{"podSelector": {"matchLabels": ours}}]}
    ]
    assert policies["footnote"]["podSelector"] == {"matchLabels": ours}
    assert policies["footnote"]["ingress"] == [{"ports": [{"port": "http"}]}]


def test_the_bots_are_spread_over_the_nodes() -> None:
    bot = manifests_by_name("StatefulSet")["footnote-bot"]["spec"]
    (spread,) = bot["template"]["spec"]["topologySpreadConstraints"]

    assert spread["labelSelector"] == bot["selector"]
    assert spread["topologyKey"] == "kubernetes.io/hostname"


def test_the_nightly_backup_copies_the_database_before_the_index() -> None:
    pod = dict(pods())["footnote-backup"]
    (database,), (ours,) = pod["initContainers"], pod["containers"]
    claims = manifests_by_name("PersistentVolumeClaim")

    assert "pg_dump" in database["args"][0]
    assert "footnote backup" in ours["args"][0]
    assert pod["volumes"][0]["persistentVolumeClaim"]["claimName"] in claims
    assert ours["image"] in {container["image"] for _, container, _ in containers()}


def test_the_unit_of_systemd_is_confined() -> None:
    """`systemd-analyze security --offline=true` scores it 1.4; without these lines, 9."""
    unit = (ROOT / "deploy/systemd/footnote.service").read_text(encoding="utf-8")
    lines = {line for line in unit.splitlines() if "=" in line and not line.startswith("#")}

    assert {
        "ProtectSystem=strict",
        "StateDirectory=footnote",
        "CapabilityBoundingSet=",
        "NoNewPrivileges=yes",
        "MemoryDenyWriteExecute=yes",
        "SystemCallFilter=@system-service",
        "SystemCallFilter=~@privileged",
    } <= lines
    assert not any(line.startswith("ProcSubset=") for line in lines)


def mounts(service: str) -> dict[str, str]:
    """Return the mounts of a service in compose: the source by its target."""
    volumes = (volume.split(":") for volume in COMPOSE["services"][service]["volumes"])
    return {place: source for source, place, *_ in volumes}


def test_no_two_processes_share_a_data_folder() -> None:
    folders = [mounts(name)["/data"] for name in ("bot-1", "bot-2", "indexer")]

    assert len(set(folders)) == 3
    assert set(folders) <= COMPOSE["volumes"].keys()


def test_every_process_sees_the_same_settings_and_the_same_wiki() -> None:
    """`/wiki reindex` reads the wiki in the bot that received it, and so do links that edit a
    page."""
    shared = [
        {place: source for place, source in mounts(name).items() if place != "/data"}
        for name in ("bot-1", "bot-2", "indexer")
    ]
    of_pods = {
        name: {
            (mount["name"], mount["mountPath"]): volume
            for mount in container["volumeMounts"]
            for volume in pod["volumes"]
            if mount["name"] == volume["name"] and "emptyDir" not in volume
        }
        for name, container, pod in containers()
        if name.startswith("footnote")
    }

    assert shared[0]["/wiki"] == "./wiki"
    assert shared[0] == shared[1] == shared[2]
    assert of_pods["footnote-bot"] == of_pods["footnote-indexer"] != {}


def test_every_process_has_room_for_the_clones_in_kubernetes() -> None:
    room = {
        name: manifest["spec"]["volumeClaimTemplates"][0]["spec"]["resources"]
        for name, manifest in manifests_by_name("StatefulSet").items()
        if name.startswith("footnote")
    }

    assert room["footnote-bot"] == room["footnote-indexer"]


@pytest.mark.parametrize("service", ["bot-1", "indexer"])
def test_compose_sets_what_footnote_knows(bare: pytest.MonkeyPatch, service: str) -> None:
    for name, value in COMPOSE["services"][service]["environment"].items():
        bare.setenv(name, value)
    settings = load()

    assert settings.index.url == "http://qdrant:6333"
    assert settings.state.url.endswith("@postgres/footnote")
    assert bool(settings.sync.every_minutes) == (service == "indexer")
    for secret in COMPOSE["services"][service]["secrets"]:
        assert secret in Secrets.model_fields
    assert {"qdrant_api_key"} <= Secrets.model_fields.keys()


def test_the_manifests_set_what_footnote_knows(bare: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "footnote.toml"
    file.write_text(manifests_by_name("ConfigMap")["footnote"]["data"]["footnote.toml"])
    for name, container, _ in containers():
        with bare.context() as patched:
            variables = {
                variable_entry["name"]: variable_entry.get("value", "")
                for variable_entry in container["env"]
            }
            if name.startswith("footnote"):
                assert variables.pop("CREDENTIALS_DIRECTORY") == "/etc/footnote-secrets"
                for variable, value in variables.items():
                    patched.setenv(variable, value)
                settings = load(file)

                assert bool(settings.sync.every_minutes) == (name == "footnote-indexer")
                assert settings.slack.listens_on == "0.0.0.0"  # noqa: S104 - within the pod
                assert str(settings.data_dir) == "/data"
    services = manifests_by_name("Service")
    assert settings.index.url == f"http://qdrant:{services['qdrant']['spec']['ports'][0]['port']}"
    assert "@postgres/" in settings.state.url


def test_the_manifests_refer_to_existing_objects() -> None:
    """The manifests refer to existing volumes, probe ports and selected labels."""
    labels = [
        manifest["spec"]["template"]["metadata"]["labels"]
        for manifest in manifests_by_name("StatefulSet").values()
    ]
    for name, container, pod in containers():
        claims = manifests_by_name("StatefulSet")[name]["spec"]["volumeClaimTemplates"]
        volumes = {claim["metadata"]["name"] for claim in claims}
        volumes |= {volume["name"] for volume in pod.get("volumes", ())}
        ports = {port["name"] for port in container.get("ports", ())}

        assert {mount["name"] for mount in container["volumeMounts"]} == volumes, name
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            if get := container.get(probe, {}).get("httpGet"):
                assert get["port"] in ports, name
        assert manifests_by_name("StatefulSet")[name]["spec"]["serviceName"]
    for manifest in manifests():
        if manifest["kind"] in {"Service", "PodDisruptionBudget"}:
            selector = manifest["spec"]["selector"]
            selected = selector.get("matchLabels", selector)
            assert any(selected.items() <= label.items() for label in labels), manifest["metadata"][
                "name"
            ]


def test_the_qdrant_of_both_fits_the_client() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    client = re.search(r"^qdrant-client==(\d+\.\d+)", pins, re.MULTILINE)
    images = [COMPOSE["services"]["qdrant"]["image"]]
    images += [container["image"] for name, container, _ in containers() if name == "qdrant"]

    assert client
    assert [image.rpartition(".")[0] for image in images] == [f"qdrant/qdrant:v{client[1]}"] * 2


def test_the_figures_of_the_scaling_page_are_those_that_were_measured() -> None:
    page = (ROOT / "docs/scaling.md").read_text(encoding="utf-8")
    results = json.loads((ROOT / "benchmarks/results.json").read_text(encoding="utf-8"))
    measured = {row["name"]: row["value"] for row in results["rows"]}
    rows = re.findall(r"^\| .+ \| ([\d.,]+) \| `(\w+)` `([\w.]+)` \|$", page, re.MULTILINE)

    assert len(rows) == 16
    for value, part, figure in rows:
        assert float(value.replace(",", "")) == round(measured[f"{part}.{figure}"], 2), figure


def test_no_service_of_the_namespace_sets_a_variable_of_ours_in_kubernetes() -> None:
    """For a service named footnote, Kubernetes would set FOOTNOTE_PORT in each pod. No setting has
    that name, so the pod would not start again."""
    ours = [pod for name, _, pod in containers() if name.startswith("footnote")]

    assert [pod["enableServiceLinks"] for pod in ours] == [False, False]
