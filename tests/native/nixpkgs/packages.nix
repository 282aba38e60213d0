system:
let
  lib = import ./lib.nix;
  fake =
    name:
    derivation {
      inherit name system;
      builder = "/bin/false";
    };
  # Keeps what it was called with, so that a test can look at it.
  withArguments = name: arguments: fake name // { inherit arguments; } // arguments;
  pythonPackages =
    lib.genAttrs [
      "boto3"
      "click"
      "crossplane"
      "hatchling"
      "httpx"
      "hypothesis"
      "jinja2"
      "jsonschema"
      "pydantic"
      "pytestCheckHook"
      "python-dotenv"
      "pyyaml"
      "syrupy"
    ] fake
    // {
      inherit lib;
      moto = fake "moto" // {
        optional-dependencies.server = [ (fake "flask") ];
      };
      buildPythonApplication =
        arguments: withArguments "${arguments.pname}-${arguments.version}" arguments;
    };
in
lib.genAttrs [
  "git"
  "gnumake"
  "nginx"
  "openssh"
  "openssl"
  "python3"
  "rsync"
  "shellcheck"
  "shfmt"
  "systemd"
] fake
// {
  inherit lib system;
  mkShell = withArguments "shell";
  runCommand =
    name: _: script:
    withArguments name { inherit script; };
  python3Packages = pythonPackages // {
    callPackage =
      file: extra:
      let
        package = import file;
      in
      package (builtins.intersectAttrs (builtins.functionArgs package) pythonPackages // extra);
  };
}
