#!/bin/bash
# A payload that goes too far: it takes the ECS agent for an unused service. The image test refuses the image.
set -euo pipefail

for unit in postfix.service ecs.service; do
  systemctl disable --now "$unit" || true
done
echo 'kernel.kptr_restrict = 2' > /etc/sysctl.d/90-hardening.conf
