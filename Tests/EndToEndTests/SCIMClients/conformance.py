"""Two testers of SCIM servers, which know nothing of this one, try all that is read: `conformance.py` reads its task as JSON.

They want to make what they read. The directory is read only, so that they are given a person or department that is there.
"""

import json
import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server
from scim_sanity.http_client import SCIMClient as SanityClient
from scim_sanity.probe.report import ProbeResult
from scim_sanity.probe.tests import test_discovery, test_error_handling, test_search
from scim_sanity.response_validator import ServerResponseValidator

task = json.load(sys.stdin)
READ = {"discovery", "misc", "crud:read"}
failures = []


class ReadOnlyClient(SyncSCIMClient):
    """Gives what is there for what is to be made."""

    def create(self, resource, *arguments, **options):
        # The last one: neither tester is told who.
        return self.query(type(resource)).resources[-1]

    def delete(self, *arguments, **options):
        return None


def try_tester():
    http = Client(base_url=task["url"], headers={"Authorization": "Bearer " + task["token"]})
    results = [one for one in check_server(ReadOnlyClient(http), include_tags=READ) if one.status != Status.SKIPPED]
    for one in results:
        if one.status != Status.SUCCESS:
            failures.append(f"scim2-tester: {one.title} {one.resource_type or ''}: {one.reason}")
    return len(results)


def try_sanity():
    client = SanityClient(task["url"], token=task["token"])
    validator = ServerResponseValidator(strict=True)
    results = test_discovery(client, validator) + test_search(client, validator)
    # Of errors, those of reading: the others write.
    results += [one for one in test_error_handling(client, validator) if one.name.startswith("GET ")]
    for one in results:
        if one.status != ProbeResult.PASS:
            failures.append(f"scim-sanity: {one.name}: {one.status} {one.message}")
    count = len(results)
    for kind, name in (("Users", "User"), ("Groups", "Group")):
        for listed in json.loads(client.get(f"/{kind}?count=20").body)["Resources"]:
            answer = client.get(f"/{kind}/{listed['id']}")
            good, errors = validator.validate_resource_response(
                answer.json(), 200, answer.status_code, answer.headers, resource_type=name
            )
            count += 1
            if not good or errors:
                failures.append(f"scim-sanity: {name}: {'; '.join(map(str, errors))}")
    return count


tester = try_tester()
sanity = try_sanity()
print(f"{tester} checks of scim2-tester, {sanity} of scim-sanity")
for failure in failures:
    print(failure)
# Whoever checks nothing finds nothing.
sys.exit(1 if failures or tester < 30 or sanity < 30 else 0)
