/*
 * Packages of Amazon Linux 2023 whose files and units scripts deal with. Texts of unit files are ours; names,
 * dependencies and ordering follow the packages.
 */

export interface PackageFacts {
  readonly version: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly directories?: readonly string[];
  /** Executables that the package brings, as absolute paths. */
  readonly executables?: readonly string[];
  /** Units that the package's presets enable when it is part of an image. */
  readonly enabled?: readonly string[];
  /** Packages that go when this one goes, because they need it. */
  readonly neededBy?: readonly string[];
  /** Packages that come along. */
  readonly needs?: readonly string[];
}

interface ServiceFacts {
  readonly description: string;
  readonly start: string;
  readonly unit?: readonly string[];
  readonly service?: readonly string[];
  readonly wantedBy?: string;
}

const service = (facts: ServiceFacts): string =>
  [
    '[Unit]',
    `Description=${facts.description}`,
    ...(facts.unit ?? []),
    '',
    '[Service]',
    ...(facts.service ?? ['Type=simple']),
    `ExecStart=${facts.start}`,
    '',
    '[Install]',
    `WantedBy=${facts.wantedBy ?? 'multi-user.target'}`,
    '',
  ].join('\n');

const unitFolder = '/usr/lib/systemd/system';

/** Source: package lists of the AL2023 AMI and the ECS-optimized AMI; versions are examples of one release. */
export const knownPackages: Readonly<Record<string, PackageFacts>> = {
  'openssh-server': {
    version: '8.7p1-8.amzn2023',
    files: {
      [`${unitFolder}/sshd.service`]: service({
        description: 'OpenSSH server daemon',
        start: '/usr/sbin/sshd -D',
        unit: ['After=network.target'],
        service: ['Type=notify', 'ExecReload=/bin/kill -HUP $MAINPID'],
      }),
      '/etc/ssh/sshd_config': [
        '#Port 22',
        '#PermitRootLogin prohibit-password',
        'AuthorizedKeysFile .ssh/authorized_keys',
        'PasswordAuthentication no',
        '#PermitEmptyPasswords no',
        'KbdInteractiveAuthentication no',
        'UsePAM yes',
        'X11Forwarding yes',
        '#MaxAuthTries 6',
        '#ClientAliveInterval 0',
        'Subsystem sftp /usr/libexec/openssh/sftp-server',
        '',
      ].join('\n'),
    },
    executables: ['/usr/sbin/sshd'],
    enabled: ['sshd.service'],
  },
  chrony: {
    version: '4.3-1.amzn2023',
    files: {
      [`${unitFolder}/chronyd.service`]: service({
        description: 'NTP client/server',
        start: '/usr/sbin/chronyd',
        unit: ['After=network.target'],
        service: ['Type=forking'],
      }),
      '/etc/chrony.conf':
        'server 169.254.169.123 prefer iburst minpoll 4 maxpoll 4\ndriftfile /var/lib/chrony/drift\n',
    },
    executables: ['/usr/sbin/chronyd'],
    enabled: ['chronyd.service'],
  },
  'amazon-ssm-agent': {
    version: '3.3.2299.0-1.amzn2023',
    files: {
      [`${unitFolder}/amazon-ssm-agent.service`]: service({
        description: 'amazon-ssm-agent',
        start: '/usr/bin/amazon-ssm-agent',
        unit: ['After=network-online.target'],
      }),
    },
    directories: ['/etc/amazon', '/etc/amazon/ssm'],
    executables: ['/usr/bin/amazon-ssm-agent'],
    enabled: ['amazon-ssm-agent.service'],
  },
  'cloud-init': {
    version: '22.2.2-1.amzn2023',
    files: {
      [`${unitFolder}/cloud-init.service`]: service({
        description: 'Initial cloud-init job (metadata service crawler)',
        start: '/usr/bin/cloud-init init',
        unit: ['Before=cloud-config.service'],
        service: ['Type=oneshot', 'RemainAfterExit=yes'],
        wantedBy: 'cloud-init.target',
      }),
      [`${unitFolder}/cloud-config.service`]: service({
        description: 'Apply the settings specified in cloud-config',
        start: '/usr/bin/cloud-init modules --mode=config',
        unit: ['After=cloud-init.service', 'Before=cloud-final.service'],
        service: ['Type=oneshot', 'RemainAfterExit=yes'],
        wantedBy: 'cloud-init.target',
      }),
      [`${unitFolder}/cloud-final.service`]: service({
        description: 'Execute cloud user/final scripts',
        start: '/usr/bin/cloud-init modules --mode=final',
        unit: ['After=network-online.target cloud-config.service'],
        service: ['Type=oneshot', 'RemainAfterExit=yes'],
        wantedBy: 'cloud-init.target',
      }),
      '/etc/cloud/cloud.cfg': 'preserve_hostname: false\n',
    },
    directories: ['/etc/cloud/cloud.cfg.d', '/var/lib/cloud'],
    enabled: ['cloud-init.service', 'cloud-config.service', 'cloud-final.service'],
  },
  rsyslog: {
    version: '8.2204.0-3.amzn2023',
    files: {
      [`${unitFolder}/rsyslog.service`]: service({
        description: 'System Logging Service',
        start: '/usr/sbin/rsyslogd -n',
      }),
      '/etc/rsyslog.conf': '*.info;mail.none;authpriv.none;cron.none /var/log/messages\n',
    },
    directories: ['/etc/rsyslog.d'],
    executables: ['/usr/sbin/rsyslogd'],
  },
  cronie: {
    version: '1.5.7-1.amzn2023',
    files: {
      [`${unitFolder}/crond.service`]: service({
        description: 'Command Scheduler',
        start: '/usr/sbin/crond -n',
      }),
    },
    executables: ['/usr/sbin/crond', '/usr/bin/crontab'],
  },
  httpd: {
    version: '2.4.62-1.amzn2023',
    files: {
      [`${unitFolder}/httpd.service`]: service({
        description: 'The Apache HTTP Server',
        start: '/usr/sbin/httpd -DFOREGROUND',
      }),
    },
    directories: ['/etc/httpd', '/etc/httpd/conf.d', '/var/www', '/var/www/html'],
    executables: ['/usr/sbin/httpd'],
  },
  nginx: {
    version: '1.26.3-1.amzn2023',
    files: {
      [`${unitFolder}/nginx.service`]: service({
        description: 'The nginx HTTP and reverse proxy server',
        start: '/usr/sbin/nginx',
        service: ['Type=forking'],
      }),
      '/etc/nginx/nginx.conf': 'user nginx;\n',
    },
    directories: ['/etc/nginx/conf.d', '/usr/share/nginx/html'],
    executables: ['/usr/sbin/nginx'],
  },
  'amazon-cloudwatch-agent': {
    version: '1.300057.1-1.amzn2023',
    files: {
      [`${unitFolder}/amazon-cloudwatch-agent.service`]: service({
        description: 'Amazon CloudWatch Agent',
        start: '/opt/aws/amazon-cloudwatch-agent/bin/start-amazon-cloudwatch-agent',
        unit: ['After=network.target'],
      }),
    },
    directories: [
      '/opt/aws/amazon-cloudwatch-agent/etc',
      '/opt/aws/amazon-cloudwatch-agent/etc/amazon-cloudwatch-agent.d',
    ],
    executables: [
      '/opt/aws/amazon-cloudwatch-agent/bin/start-amazon-cloudwatch-agent',
      '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl',
    ],
  },
  jq: { version: '1.7.1-50.amzn2023', executables: ['/usr/bin/jq'] },
  tree: { version: '1.8.0-6.amzn2023', executables: ['/usr/bin/tree'] },
  git: { version: '2.50.1-1.amzn2023', executables: ['/usr/bin/git'] },
  runc: { version: '1.2.6-1.amzn2023', executables: ['/usr/sbin/runc'], neededBy: ['containerd'] },
  containerd: {
    version: '2.0.6-1.amzn2023',
    files: {
      [`${unitFolder}/containerd.service`]: service({
        description: 'containerd container runtime',
        start: '/usr/bin/containerd',
        unit: ['After=network.target'],
        service: ['Type=notify', 'Restart=always'],
      }),
    },
    directories: ['/etc/containerd'],
    executables: ['/usr/bin/containerd'],
    needs: ['runc'],
    neededBy: ['docker'],
  },
  docker: {
    version: '25.0.8-1.amzn2023',
    files: {
      [`${unitFolder}/docker.service`]: service({
        description: 'Docker Application Container Engine',
        start:
          '/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $OPTIONS $DOCKER_STORAGE_OPTIONS',
        unit: [
          'After=network-online.target docker.socket containerd.service',
          'Wants=network-online.target',
          'Requires=docker.socket containerd.service',
        ],
        service: [
          'Type=notify',
          'EnvironmentFile=-/etc/sysconfig/docker',
          'EnvironmentFile=-/etc/sysconfig/docker-storage',
          'ExecReload=/bin/kill -s HUP $MAINPID',
          'Restart=always',
        ],
      }),
      [`${unitFolder}/docker.socket`]:
        '[Unit]\nDescription=Docker Socket for the API\n\n[Socket]\nListenStream=/run/docker.sock\n\n[Install]\nWantedBy=sockets.target\n',
      '/etc/sysconfig/docker': 'OPTIONS="--default-ulimit nofile=32768:65536"\n',
      '/etc/sysconfig/docker-storage': 'DOCKER_STORAGE_OPTIONS=\n',
    },
    directories: ['/etc/docker', '/var/lib/docker'],
    executables: ['/usr/bin/dockerd', '/usr/bin/docker'],
    needs: ['containerd'],
    neededBy: ['ecs-init'],
  },
  // Source: packaging/amazon-linux-ami-integrated/ecs.service of aws/amazon-ecs-agent.
  'ecs-init': {
    version: '1.99.1-1.amzn2023',
    files: {
      [`${unitFolder}/ecs.service`]: service({
        description: 'Amazon Elastic Container Service - container agent',
        start: '/usr/libexec/amazon-ecs-init start',
        unit: ['Wants=docker.service', 'After=docker.service', 'After=cloud-final.service'],
        service: [
          'Type=simple',
          'Restart=on-failure',
          'RestartSec=10s',
          'EnvironmentFile=-/etc/ecs/ecs.config',
          'ExecStartPre=/usr/bin/systemctl is-active --quiet docker',
        ],
      }),
      [`${unitFolder}/amazon-ecs-volume-plugin.service`]: service({
        description: 'Amazon Elastic Container Service Volume Plugin',
        start: '/usr/libexec/amazon-ecs-volume-plugin',
        unit: ['Before=docker.service', 'Before=ecs.service'],
      }),
      '/etc/ecs/ecs.config': '',
    },
    directories: ['/etc/ecs', '/var/lib/ecs', '/var/log/ecs'],
    executables: ['/usr/libexec/amazon-ecs-init', '/usr/libexec/amazon-ecs-volume-plugin'],
    needs: ['docker'],
  },
};

const plain = ['openssh-server', 'chrony', 'amazon-ssm-agent', 'cloud-init'];
const container = ['runc', 'containerd', 'docker', 'ecs-init'];

export const basePackages = (ecsOptimized: boolean): readonly string[] =>
  ecsOptimized ? [...plain, ...container] : plain;

/**
 * What the recipe of the ECS-optimized image enables. Docker is not among it: its package leaves it disabled, and the
 * agent's unit pulls it in. Source: scripts/enable-services.sh of aws/amazon-ecs-ami.
 */
export const ecsOptimizedEnabled = ['ecs.service', 'amazon-ecs-volume-plugin.service'];

/** Installed everywhere without anything to show for it: the names that scripts ask for. */
export const packagesWithoutFiles: Readonly<Record<string, string>> = {
  bash: '5.2.15-1.amzn2023',
  coreutils: '8.32-30.amzn2023',
  'curl-minimal': '8.11.1-4.amzn2023',
  'awscli-2': '2.25.0-1.amzn2023',
  systemd: '252.23-3.amzn2023',
  'system-release': '2023.8.20250707-0.amzn2023',
  kernel: '6.1.141-155.222.amzn2023',
  openssl: '3.2.2-1.amzn2023',
  'shadow-utils': '4.9-12.amzn2023',
  sudo: '1.9.15-1.p5.amzn2023',
  'aws-cfn-bootstrap': '2.0-33.amzn2023',
};
