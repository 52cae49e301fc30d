#!/bin/bash
# A payload that passes the image test and takes instances away from their cluster: at each boot, after the instance's own
# user data, it has the last word about ECS_CLUSTER. No event tells of an agent that never comes.
set -euo pipefail

cat > /usr/local/sbin/set-ecs-cluster <<'SCRIPT'
#!/bin/bash
echo 'ECS_CLUSTER=hardened' >> /etc/ecs/ecs.config
SCRIPT
chmod 0755 /usr/local/sbin/set-ecs-cluster

mkdir -p /etc/systemd/system/ecs.service.d
cat > /etc/systemd/system/ecs.service.d/10-cluster.conf <<'UNIT'
[Service]
ExecStartPre=/usr/local/sbin/set-ecs-cluster
UNIT
