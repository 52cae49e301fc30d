/*
 * Which commands exist on Amazon Linux 2023 and who answers for them.
 */

/** Answered by the interpreter's own implementations. */
export const interpreterCommands = [
  'awk', 'base64', 'basename', 'cat', 'chmod', 'column', 'comm', 'cp', 'cut', 'diff', 'dirname', 'du', 'echo',
  'egrep', 'env', 'expand', 'expr', 'false', 'fgrep', 'file', 'find', 'fold', 'grep', 'gunzip', 'gzip', 'head', 'join',
  'ln', 'ls', 'md5sum', 'mkdir', 'mv', 'nl', 'od', 'paste', 'printenv', 'printf', 'pwd', 'readlink', 'rev',
  'rm', 'rmdir', 'sed', 'seq', 'sha1sum', 'sha256sum', 'sort', 'split', 'stat', 'strings', 'tac', 'tail', 'tar', 'tee',
  'touch', 'tr', 'true', 'unexpand', 'uniq', 'wc', 'which', 'xargs', 'zcat',
] as const; // prettier-ignore

/** Parts of the interpreter that Amazon Linux has only after an installation: package by command. */
export const interpreterCommandsOfPackages = { jq: 'jq', tree: 'tree' } as const;

/** Built into bash but not into the interpreter: they resolve as commands and are no files. */
export const shellBuiltins = [
  'trap',
  'umask',
  'ulimit',
  'kill',
  'jobs',
  'disown',
  'times',
  'logout',
] as const;

/** Commands of the model. */
export const modelCommands = [
  'bash', 'sh', 'sleep', 'timeout', 'date', 'hostname', 'hostnamectl', 'whoami', 'id', 'uname', 'nproc', 'arch',
  'systemctl', 'dnf', 'yum', 'rpm', 'useradd', 'groupadd', 'usermod', 'install', 'mktemp', 'sudo', 'nohup', 'nice',
  'reboot', 'shutdown', 'poweroff', 'halt', 'curl', 'wget', 'getent', 'realpath', 'truncate', 'sysctl', 'service',
  'sha512sum', 'docker', 'logger', 'cloud-init', 'update-alternatives', 'flock', 'time', 'setsid', 'su',
  'runuser', 'unlink', 'dd', 'fallocate',
] as const; // prettier-ignore

/**
 * Commands that exist on Amazon Linux 2023 and whose work the model does not show: they end with 0, print nothing and
 * are listed in the result as unmodelled.
 */
export const commandsWithoutEffect = [
  'alternatives', 'amazon-linux-extras', 'auditctl', 'augenrules', 'authselect', 'aws', 'blkid', 'chage', 'chattr',
  'chcon', 'chgrp', 'chown', 'chpasswd', 'chronyc', 'cfn-init', 'cfn-signal', 'dmesg', 'dracut', 'ethtool', 'free', 'fsfreeze', 'getenforce', 'gpasswd', 'gpg', 'groupdel', 'groupmod', 'growpart', 'grub2-mkconfig', 'grubby',
  'hwclock', 'ip', 'journalctl', 'last', 'ldconfig', 'localectl', 'loginctl', 'logrotate', 'lsblk', 'lsmod',
  'lsof', 'mkfs', 'mkfs.ext4', 'mkfs.xfs', 'mkswap', 'modprobe', 'mount', 'netstat', 'openssl', 'passwd',
  'perl', 'pgrep', 'pidof', 'ping', 'pkill', 'killall', 'ps', 'python3', 'renice', 'resize2fs', 'restorecon',
  'resolvectl', 'rsync', 'semanage', 'setenforce', 'setfacl', 'setsebool', 'ss', 'ssh-keygen', 'swapoff', 'swapon', 'sync', 'systemd-analyze', 'systemd-run', 'systemd-sysusers', 'systemd-tmpfiles', 'timedatectl',
  'tuned-adm', 'udevadm', 'umount', 'unzip', 'update-ca-trust', 'update-crypto-policies', 'userdel', 'visudo', 'wall',
  'xfs_growfs', 'xz', 'zip', 'zramctl', 'df', 'iptables', 'ip6tables', 'nft', 'uptime', 'who', 'lscpu', 'less', 'vi', 'vim', 'nano',
  'yes', 'shuf', 'cmp', 'xxd', 'hexdump', 'cksum', 'numfmt',  'mkfifo', 'mknod', 'chroot', 'stdbuf', 'tty', 'stty',
  'users', 'logname', 'b2sum', 'base32', 'bc', 'traceroute', 'tcpdump', 'strace', 'nslookup', 'dig', 'host', 'lspci',
] as const; // prettier-ignore

/** Commands that live in /usr/sbin on Amazon Linux; scripts name them there. */
export const systemCommands = [
  'useradd', 'groupadd', 'usermod', 'sysctl', 'reboot', 'shutdown', 'poweroff', 'halt', 'alternatives', 'auditctl',
  'augenrules', 'blkid', 'chpasswd', 'ethtool', 'fsfreeze', 'getenforce', 'groupdel', 'groupmod', 'grub2-mkconfig',
  'grubby', 'hwclock', 'ip', 'ldconfig', 'logrotate', 'lsmod', 'mkfs', 'mkfs.ext4', 'mkfs.xfs', 'mkswap', 'modprobe',
  'resize2fs', 'restorecon', 'runuser', 'semanage', 'setenforce', 'setsebool', 'ss', 'swapoff', 'swapon', 'userdel',
  'visudo', 'xfs_growfs', 'iptables', 'ip6tables', 'nft', 'update-alternatives', 'dmesg', 'zramctl', 'service',
] as const; // prettier-ignore
