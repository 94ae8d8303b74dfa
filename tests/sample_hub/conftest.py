"""One synthetic hub for all tests that only read it, and a small one per test for those that change it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from huggingface_hub import HfApi, close_session

from hublake.sample_hub.practice_hub import HOST, PracticeHub
from hublake.sample_hub.server.quota import Quotas
from hublake.sample_hub.store import Store
from hublake.sample_hub.synthetic.generate import generate_hub
from tests.sample_hub.http_client import read_rows

UNLIMITED = Quotas(window_seconds=300, api=1_000_000, resolvers=1_000_000, pages=1_000_000)
GRANTED = "hf_granted"


@pytest.fixture(scope="session")
def truth_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("synthetic")


@pytest.fixture(scope="session")
def hub(truth_dir: Path) -> Iterator[PracticeHub]:
    """A thousand models, served without limits."""
    store = generate_hub(truth_dir / "hub.sqlite", models=1000, seed=7, truth_dir=truth_dir)
    with PracticeHub(store, quotas=UNLIMITED, granted_tokens=[GRANTED]) as running:
        yield running
    store.close()


@pytest.fixture(scope="session")
def tls_hub(hub: PracticeHub, certificate: Path) -> Iterator[PracticeHub]:
    """The same hub over https, as the real one: only there its client recognizes a missing repository by a bare 401."""
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with PracticeHub(hub.store, quotas=UNLIMITED, granted_tokens=[GRANTED], tls=context) as running:
        yield running


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new key and its self-signed certificate for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "practice hub")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls_api(tls_hub: PracticeHub, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HfApi]:
    """The client, which trusts the certificate of the hub."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    close_session()
    yield HfApi(endpoint=tls_hub.url, token=False)
    close_session()


@pytest.fixture(scope="session")
def truth_models(hub: PracticeHub, truth_dir: Path) -> list[dict[str, Any]]:
    return read_rows(truth_dir / "models.jsonl.gz")


@pytest.fixture(scope="session")
def truth_edges(hub: PracticeHub, truth_dir: Path) -> list[dict[str, Any]]:
    return read_rows(truth_dir / "edges.jsonl.gz")


@pytest.fixture
def small_store(tmp_path: Path) -> Iterator[Store]:
    store = generate_hub(tmp_path / "small.sqlite", models=60, seed=3)
    yield store
    store.close()
