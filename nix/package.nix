# The compiler as a Python application. Its tests run in the build, but for those that ask for locked linters,
# native programs or a network namespace: `make test` runs these.
{
  lib,
  buildPythonApplication,
  hatchling,
  click,
  jinja2,
  pydantic,
  pyyaml,
  pytestCheckHook,
  boto3,
  crossplane,
  httpx,
  hypothesis,
  jsonschema,
  moto,
  python-dotenv,
  syrupy,
}:

let
  project = (builtins.fromTOML (builtins.readFile ../pyproject.toml)).project;
in
buildPythonApplication {
  pname = project.name;
  inherit (project) version;
  pyproject = true;

  src = ../.;

  build-system = [ hatchling ];
  dependencies = [
    click
    jinja2
    pydantic
    pyyaml
  ];

  nativeCheckInputs = [
    pytestCheckHook
    boto3
    crossplane
    httpx
    hypothesis
    jsonschema
    moto
    python-dotenv
    syrupy
  ]
  ++ moto.optional-dependencies.server;
  disabledTestMarks = [
    "native"
    "slow"
    "lab"
  ];
  disabledTestPaths = [ "tests/test_repository.py" ];

  meta = {
    inherit (project) description;
    mainProgram = "dncompile";
    platforms = lib.platforms.linux;
  };
}
