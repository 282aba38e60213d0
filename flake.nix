{
  description = "Compiles one YAML truth book into every file that the hosts and clients of a model-serving runtime need";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-25.11";

  outputs =
    { self, nixpkgs }:
    let
      eachSystem =
        outputs:
        nixpkgs.lib.genAttrs [
          "x86_64-linux"
          "aarch64-linux"
        ] (system: outputs nixpkgs.legacyPackages.${system});
    in
    {
      packages = eachSystem (pkgs: {
        default = pkgs.python3Packages.callPackage ./nix/package.nix { };
      });

      apps = eachSystem (pkgs: {
        default = {
          type = "app";
          program = "${self.packages.${pkgs.system}.default}/bin/dncompile";
        };
      });

      # `make` builds its own environment from the locks; the shell brings what it starts from.
      devShells = eachSystem (pkgs: {
        default = pkgs.mkShell {
          packages = [
            pkgs.git
            pkgs.gnumake
            pkgs.nginx
            pkgs.openssh
            pkgs.openssl
            pkgs.python3
            pkgs.rsync
            pkgs.shellcheck
            pkgs.shfmt
            pkgs.systemd
          ];
        };
      });

      checks = eachSystem (
        pkgs:
        let
          package = self.packages.${pkgs.system}.default;
        in
        {
          inherit package;
          drift = pkgs.runCommand "drift" { nativeBuildInputs = [ package ]; } ''
            cd ${self}
            dncompile build --spec specs/runtime.yaml --out "$TMPDIR/generated"
            diff -r generated "$TMPDIR/generated"
            touch "$out"
          '';
        }
      );

      nixosModules.default = import ./nix/module.nix;
    };
}
