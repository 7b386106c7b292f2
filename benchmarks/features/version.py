import json

import polars

print(json.dumps(polars.__version__))
