#!/bin/bash
# A payload that does what most hardening scripts do: kernel settings, SSH, unused packages, container defaults.
set -euo pipefail

cat > /etc/sysctl.d/90-hardening.conf <<'EOF'
net.ipv4.conf.all.rp_filter = 1
net.ipv4.conf.all.accept_redirects = 0
net.ipv4.conf.all.send_redirects = 0
kernel.kptr_restrict = 2
kernel.dmesg_restrict = 1
EOF

mkdir -p /etc/ssh/sshd_config.d
cat > /etc/ssh/sshd_config.d/90-hardening.conf <<'EOF'
PermitRootLogin no
PasswordAuthentication no
X11Forwarding no
MaxAuthTries 3
EOF
chmod 0600 /etc/ssh/sshd_config.d/90-hardening.conf

dnf update -y --security
dnf remove -y telnet ftp || true

# Containers keep their logs small and get no new privileges.
mkdir -p /etc/docker
cat > /etc/docker/daemon.json <<'EOF'
{
  "no-new-privileges": true,
  "log-opts": { "max-size": "10m", "max-file": "3" }
}
EOF

echo 'ECS_ENABLE_TASK_IAM_ROLE=true' >> /etc/ecs/ecs.config
systemctl enable chronyd.service
