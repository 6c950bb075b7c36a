"""Prints, for each user named on the command line, whether background services have access, how and since when.

    NEXTCLOUD_HOST=https://cloud.example.com NEXTCLOUD_OIDC_CLIENT_ID=… NEXTCLOUD_OIDC_CLIENT_SECRET=… \
      python status.py astrolabe-client.wasm alice bob
"""

import os
import sys
from datetime import datetime, timezone

from astrolabe import Astrolabe, AstrolabeError

component, *user_ids = sys.argv[1:]
try:
    client = Astrolabe(component).client(
        nextcloud_host=os.environ["NEXTCLOUD_HOST"],
        client_id=os.environ["NEXTCLOUD_OIDC_CLIENT_ID"],
        client_secret=os.environ["NEXTCLOUD_OIDC_CLIENT_SECRET"],
    )
    for user_id in user_ids:
        status = client.get_background_sync_status(user_id)
        since = ""
        if status.provisioned_at_ms is not None:
            since = datetime.fromtimestamp(status.provisioned_at_ms / 1000, timezone.utc).isoformat()
        print(user_id, "yes" if status.has_access else "no", status.credential_type or "", since)
except AstrolabeError as error:
    sys.exit(f"{error.code}: {error}")
