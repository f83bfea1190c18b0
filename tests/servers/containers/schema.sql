CREATE DATABASE IF NOT EXISTS glassdome CHARACTER SET utf8mb4;
GRANT ALL ON glassdome.* TO 'glassdome'@'%' IDENTIFIED BY 'pw-of-tests';
