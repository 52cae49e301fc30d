import { createHash } from 'node:crypto';

/** Where the payload lies while it is applied: a folder that no hardened parent mounts without execution. */
const payloadFile = '/root/golden-payload.sh';
/** What says on every instance which image it runs. */
const releaseFile = '/etc/golden-image-release';
/** How long `docker` and `ecs` may take to come up on the test instance. */
const agentStartMaxSeconds = 180;

/**
 * The build component: what happens on the build instance and on the test instance.
 *
 * - Commands of one step become one bash script, hence `set -euo pipefail` first in each (the tool promises no `-e`).
 * - The payload is executed itself, not through `bash`, so that the options in its first line count. If it ends with
 *   194 the instance reboots and the step runs again; the payload has to be written for that.
 * - The release file is written by a module, not by a shell: a key is free text and must not be expanded.
 * - Step names are sentences in short, because a failed build is reported with the name of its step.
 * - Docker has to run but not to be enabled: on the ECS-optimized image the agent's unit pulls it in.
 * - An instance that ends without the ECS unit and without `/etc/ecs` is no ECS image; nothing is waited for.
 */
export const applyPayloadDocument = `name: apply-payload
description: Downloads one payload, proves that it is the accepted one, runs it and signs the image.
schemaVersion: 1.0
parameters:
  - ImageLine:
      type: string
      description: Name of the image line
  - ImageVersion:
      type: string
      description: Version of the image, for instance 1.0.7
  - PayloadUri:
      type: string
      description: Content-addressed copy of the payload, s3://bucket/builds/sha256.sh
  - PayloadSha256:
      type: string
      description: Digest of the payload that was accepted, 64 hexadecimal digits
  - SourceKey:
      type: string
      description: Key under which the payload was uploaded
phases:
  - name: build
    steps:
      - name: DownloadPayload
        action: S3Download
        timeoutSeconds: 300
        maxAttempts: 3
        inputs:
          - source: '{{ PayloadUri }}'
            destination: ${payloadFile}
      - name: PayloadIsTheAcceptedOne
        action: ExecuteBash
        timeoutSeconds: 60
        inputs:
          commands:
            - set -euo pipefail
            - echo '{{ PayloadSha256 }}  ${payloadFile}' | sha256sum --check --strict -
      - name: PayloadIsValidBash
        action: ExecuteBash
        timeoutSeconds: 60
        inputs:
          commands:
            - set -euo pipefail
            - bash -n ${payloadFile}
      - name: RunPayload
        action: ExecuteBash
        timeoutSeconds: 7200
        inputs:
          commands:
            - set -euo pipefail
            - chmod 0700 ${payloadFile}
            - ${payloadFile}
      - name: RemovePayload
        action: ExecuteBash
        timeoutSeconds: 60
        inputs:
          commands:
            - set -euo pipefail
            - rm -f ${payloadFile}
      - name: SignImage
        action: CreateFile
        timeoutSeconds: 60
        inputs:
          - path: ${releaseFile}
            content: |
              line={{ ImageLine }}
              version={{ ImageVersion }}
              sha256={{ PayloadSha256 }}
              source={{ SourceKey }}
            permissions: '0644'
            overwrite: true
  - name: test
    steps:
      - name: ImageIsSigned
        action: ExecuteBash
        timeoutSeconds: 60
        inputs:
          commands:
            - set -euo pipefail
            - grep -Fqx 'line={{ ImageLine }}' ${releaseFile}
            - grep -Fqx 'version={{ ImageVersion }}' ${releaseFile}
            - grep -Fqx 'sha256={{ PayloadSha256 }}' ${releaseFile}
      - name: ContainerAgentIsEnabled
        action: ExecuteBash
        timeoutSeconds: 60
        inputs:
          commands:
            - set -euo pipefail
            - test -d /etc/ecs || test -n "$(systemctl list-unit-files --no-legend ecs.service)" || exit 0
            - systemctl is-enabled ecs.service
      - name: ContainerAgentBecomesActive
        action: ExecuteBash
        timeoutSeconds: 300
        inputs:
          commands:
            - set -euo pipefail
            - test -d /etc/ecs || test -n "$(systemctl list-unit-files --no-legend ecs.service)" || exit 0
            - timeout ${agentStartMaxSeconds} bash -c 'until systemctl is-active --quiet docker.service && systemctl is-active --quiet ecs.service; do sleep 5; done'
`;

/** How many hexadecimal digits fit into a node of a semantic version, which ends at 2^30 - 1. */
const versionNodeHexDigits = 7;

/**
 * The last node of the component's version, derived from the document: CloudFormation replaces a component whose text
 * changes, and Image Builder refuses a second component with the same name and version.
 */
export const documentVersionNode = (document: string): number =>
  Number.parseInt(
    createHash('sha256').update(document).digest('hex').slice(0, versionNodeHexDigits),
    16,
  );
