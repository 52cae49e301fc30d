#!/bin/bash
# A payload with a syntax error: `bash -n` refuses it on the build instance, before a line of it runs.
set -euo pipefail

if [ -f /etc/ssh/sshd_config ]; then
  echo 'PermitRootLogin no' >> /etc/ssh/sshd_config
