/**
 * What is never read, tokenised or shown to the model unless a person changes the setting: files that hold keys, passwords
 * or certificates. Globs; one without a slash is compared with the name alone, in any folder.
 */
export const defaultDoNotRead: readonly string[] = [
  // Environments and credentials.
  '.env', '.env.*', '*.env', '.envrc',
  '.netrc', '_netrc', '.npmrc', '.yarnrc', '.yarnrc.yml', '.pypirc', '.pgpass', '.my.cnf', '.htpasswd', '.git-credentials',
  '.dockercfg', '.dockerconfigjson', 'kubeconfig', '*.kubeconfig',
  'credentials', 'credentials.{json,yml,yaml,toml,ini,csv}', '*service-account*.json', '*service_account*.json',
  'secrets', 'secrets.*', 'secret.*', '*.secret', '*.secrets', '.secrets', '.secrets.*',
  '*.tfvars', '*.tfvars.json', '*.tfstate', '*.tfstate.*', '.vault-token', '.vault_pass', 'vault.yml',
  // Keys and certificates.
  '*.pem', '*.key', '*.ppk', '*.p8', '*.p12', '*.pfx', '*.crt', '*.cer', '*.der', '*.csr', '*.jks', '*.keystore', '*.truststore',
  '*.gpg', '*.pgp', '*.asc', '*.age', '*.kdbx', '*.ovpn',
  'id_rsa*', 'id_dsa*', 'id_ecdsa*', 'id_ed25519*', '*.rsa', 'authorized_keys', 'known_hosts',
  // Folders.
  '.ssh', '.gnupg', '.aws', '.azure', '.gcloud', '.kube', '.docker', '.password-store',
];
