"""Certificates of a server on this machine: its own authority, and the one certificate that this has signed."""

import ipaddress
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from filelock import FileLock

from local.state.files import write_atomically

_VALIDITY = timedelta(days=3650)
_CA_FILE = "ca.crt"
_KEYSTORE_FILE = "server.pem"
_LOCK_FILE = "lock"


def ensure_certificates(folder: Path, authority: str, server: str, addresses: Iterable[str]) -> tuple[Path, Path]:
    """Files in PEM: the authority's certificate, and the server's key with its chain. They are created once and kept.

    `authority` and `server` are the names in them; the server answers on `addresses` and as localhost. The authority's
    key is not kept, because it signs only one certificate.
    """
    ca_file, keystore = folder / _CA_FILE, folder / _KEYSTORE_FILE
    folder.mkdir(parents=True, exist_ok=True)
    # Of two processes at once, each would otherwise leave one of the two files, which do not belong together.
    with FileLock(folder / _LOCK_FILE):
        if not (ca_file.is_file() and keystore.is_file()):
            _create(ca_file, keystore, authority, server, addresses)
    return ca_file, keystore


def _create(ca_file: Path, keystore: Path, authority: str, server: str, addresses: Iterable[str]) -> None:
    ca_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca = _authority(_name(authority), ca_key)
    signed = _server(_name(server), server_key.public_key(), ca, ca_key, addresses)
    write_atomically(keystore, _key_pem(server_key) + _pem(signed) + _pem(ca))
    write_atomically(ca_file, _pem(ca))


def _authority(name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    usage = _usage(signs_certificates=True)
    return _unsigned(name, name, key.public_key(), usage, key.public_key()).sign(key, hashes.SHA256())


def _server(
    name: x509.Name,
    key: ec.EllipticCurvePublicKey,
    ca: x509.Certificate,
    ca_key: ec.EllipticCurvePrivateKey,
    addresses: Iterable[str],
) -> x509.Certificate:
    numbers = [x509.IPAddress(ipaddress.ip_address(each)) for each in dict.fromkeys(addresses)]
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), *numbers])
    unsigned = _unsigned(name, ca.subject, key, _usage(signs_certificates=False), ca_key.public_key())
    for extension in (names, x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])):
        unsigned = unsigned.add_extension(extension, critical=False)
    return unsigned.sign(ca_key, hashes.SHA256())


def _unsigned(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    usage: x509.KeyUsage,
    issuers_key: ec.EllipticCurvePublicKey,
) -> x509.CertificateBuilder:
    """All that RFC 5280 asks for, without which strict clients believe nothing."""
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _VALIDITY)
        .add_extension(x509.BasicConstraints(ca=usage.key_cert_sign, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers_key), critical=False)
    )


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
