"""Apache with mod_auth_openidc, as a process of one's own in a folder of one's own."""

import os
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

MODULES = "/usr/lib/apache2/modules"

# The page says whom the module let in, and what userinfo told of them.
PAGE = '<p><!--#echo var="REMOTE_USER" --> <!--#echo var="OIDC_CLAIM_preferred_username" --></p>'
# What a program behind the module is given to log off with.
TOKEN_PAGE = '<!--#echo encoding="none" var="OIDC_id_token" -->'

CONFIGURATION = """
ServerRoot "{root}"
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile apache.pid
DefaultRuntimeDir "{root}"
ErrorLog error.log
User www-data
Group www-data
LogLevel warn
StartServers 1
MinSpareThreads 1
MaxSpareThreads 25

LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule mime_module {modules}/mod_mime.so
LoadModule include_module {modules}/mod_include.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so

TypesConfig /dev/null
AddType text/html .shtml
AddOutputFilter INCLUDES .shtml
DocumentRoot "{root}/pages"

OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client}
OIDCClientSecret {secret}
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCIDTokenSignedResponseAlg {algorithm}
OIDCRedirectURI {redirect}
OIDCDefaultLoggedOutURL {bye}
OIDCScope "openid profile email groups offline_access"
OIDCPKCEMethod S256
OIDCRemoteUserClaim sub
OIDCPassIDTokenAs claims serialized
OIDCInfoHook access_token userinfo
OIDCCryptoPassphrase {passphrase}

OIDCOAuthServerMetadataURL {issuer}/.well-known/oauth-authorization-server
OIDCOAuthClientID {client}
OIDCOAuthClientSecret {secret}
OIDCOAuthIntrospectionEndpointAuth client_secret_basic
OIDCOAuthRemoteUserClaim sub
# The answer to each request, and no former one.
OIDCOAuthTokenIntrospectionInterval -1

<Directory "{root}/pages">
    Options +Includes
    Require all granted
</Directory>
<LocationMatch "^/(?!bye)">
    AuthType openid-connect
    Require valid-user
</LocationMatch>
<Location "/api/">
    AuthType oauth20
    Require valid-user
</Location>
"""


@contextmanager
def apache(task):
    """Serves `/page.shtml` to who is logged on, and `/api/page.shtml` to who shows an access token."""
    with tempfile.TemporaryDirectory(prefix="wecom-bridge-apache.") as folder:
        root = Path(folder)
        # The server's processes are another user's where it is started by root.
        root.chmod(0o755)
        for place in ["pages", "pages/api"]:
            (root / place).mkdir()
            (root / place / "page.shtml").write_text(PAGE)
        (root / "pages/token.shtml").write_text(TOKEN_PAGE)
        (root / "pages/bye").write_text("bye")
        names = {name: task[name] for name in ["issuer", "client", "secret", "algorithm", "redirect", "bye"]}
        text = CONFIGURATION.format(root=root, modules=MODULES, port=task["toldPort"], passphrase=token_hex(16), **names)
        (root / "apache.conf").write_text(text)
        command = [os.environ["OPENID_APACHE"], "-D", "FOREGROUND", "-f", str(root / "apache.conf")]
        process = subprocess.Popen(command)
        try:
            wait_for_port(task["toldPort"], process)
            yield
        except BaseException:
            log = root / "error.log"
            print(log.read_text() if log.exists() else "no log of Apache")
            raise
        finally:
            stop(process)


def stop(process):
    """Ends the server, and what of it does not end by itself."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        for child in [process.pid, *map(int, children)]:
            os.kill(child, signal.SIGKILL)
        process.wait(10)


def wait_for_port(port, process):
    deadline = time.monotonic() + 20
    while True:
        assert process.poll() is None, "Apache did not start"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "Apache does not listen"
            time.sleep(0.05)
