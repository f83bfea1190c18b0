RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends mariadb-server dovecot-imapd dovecot-lmtpd \
 && rm -rf /var/lib/apt/lists/* \
 && install -d -o mysql -g mysql /run/mysqld \
 && install -d -o mail -g mail /srv/mail
