"""Certificates of a Kafka cluster: its own authority and one server certificate for this machine."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from local.state.files import write_atomically
from local.supervisor.loopback import LOOPBACK

_VALIDITY = timedelta(days=3650)
_CA_FILE = "ca.crt"
_KEYSTORE_FILE = "server.pem"


def ensure_certificates(folder: Path, cluster: str, address: str = LOOPBACK) -> tuple[str, Path]:
    """The authority's certificate as PEM, and the file with the server's key and chain; both are created once and kept.

    The authority's key is not kept, because it signs only one server certificate.
    """
    ca_file, keystore = folder / _CA_FILE, folder / _KEYSTORE_FILE
    if not (ca_file.is_file() and keystore.is_file()):
        ca_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        ca_name = _name(f"{cluster}-cluster-ca")
        ca = _certificate(ca_name, ca_name, ca_key.public_key(), is_authority=True).sign(ca_key, hashes.SHA256())
        server_name = _name(f"{cluster}-kafka")
        unsigned = _with_addresses(
            _certificate(server_name, ca_name, server_key.public_key(), is_authority=False), address
        )
        server = unsigned.sign(ca_key, hashes.SHA256())
        write_atomically(keystore, _key_pem(server_key) + _pem(server) + _pem(ca))
        write_atomically(ca_file, _pem(ca))
    return ca_file.read_text(), keystore


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, is_authority: bool
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _VALIDITY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    )


def _with_addresses(builder: x509.CertificateBuilder, address: str) -> x509.CertificateBuilder:
    addresses = [x509.IPAddress(ipaddress.ip_address(each)) for each in dict.fromkeys((LOOPBACK, address))]
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), *addresses])
    return builder.add_extension(names, critical=False)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
