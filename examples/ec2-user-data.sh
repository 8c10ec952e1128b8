#!/bin/sh
# User data of an EC2 instance: installs rolecall, and starts a server with the credentials of a role that the
# instance's own role assumes. It does not wait for the server.
set -eu
curl -fsSL https://github.com/rolecall/rolecall/releases/latest/download/install.sh | sh -s -- --to /usr/local/bin

mkdir -p /etc/rolecall
cat >/etc/rolecall/config.toml <<'END_OF_FILE'
[role.deploy]
role_arn = "arn:aws:iam::123456789012:role/marketingadminrole"
credential_source = "Ec2InstanceMetadata"
END_OF_FILE

cat >/etc/systemd/system/my-server.service <<'END_OF_FILE'
[Unit]
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/local/bin/rolecall exec --role deploy --serve -- /usr/local/bin/my-server --port 8080
Restart=on-failure

[Install]
WantedBy=multi-user.target
END_OF_FILE
systemctl enable --now --no-block my-server
