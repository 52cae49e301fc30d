#!/bin/bash
# A payload that a security review may well ask for. It passes the image test and every bake, for tasks that run go on running;
# its fault begins when a team deploys tasks with a privileged container, which none of its instances takes.
set -euo pipefail

echo 'ECS_DISABLE_PRIVILEGED=true' >> /etc/ecs/ecs.config
