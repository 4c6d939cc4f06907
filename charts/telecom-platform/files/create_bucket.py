"""Creates the warehouse's bucket once the object store answers; the Job retries until then."""

import os

from pyarrow.fs import FileType, S3FileSystem

bucket = os.environ["BUCKET"]
store = S3FileSystem(endpoint_override=os.environ["S3_ENDPOINT"], allow_bucket_creation=True, connect_timeout=5)
if store.get_file_info(bucket).type is FileType.NotFound:
    store.create_dir(bucket)
print(f"bucket {bucket} exists")
