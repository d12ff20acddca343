"""Holds the SCIM server at an address against scim2-tester, an independent client: prints one line of JSON for each check.

scim_check.py ADDRESS TOKEN
"""

import json
import sys

from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server

address, token = sys.argv[1:]
# Nothing of the environment: the server is on this machine.
http = Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=30)
for result in check_server(SyncSCIMClient(http)):
    line = {"status": result.status.name, "title": result.title, "of": result.resource_type, "reason": str(result.reason)}
    print(json.dumps(line), flush=True)
