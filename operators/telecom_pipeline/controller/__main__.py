"""`python -m operators.telecom_pipeline.controller` runs the operator; its settings are in the environment."""

import sys

from operators.telecom_pipeline.controller.process import main

sys.exit(main())
