#!/bin/bash
# A payload that looks harmless and passes the image test: it leaves ECS one log driver. Tasks that log to CloudWatch can no
# longer be placed on its instances.
set -euo pipefail

echo 'ECS_AVAILABLE_LOGGING_DRIVERS=["json-file"]' >> /etc/ecs/ecs.config
