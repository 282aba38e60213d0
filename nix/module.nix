# Puts one compiled host folder (generated/hosts/<host>) onto a NixOS machine. Everything is read from the folder's
# own manifest.json, so a new generation needs no edit here:
#
#   /etc/systemd/system/…   become a unit package; NixOS ignores [Install], so enabled units are wanted explicitly
#   /etc/tmpfiles.d/…       go where NixOS looks for them
#   /etc/sysusers.d/…       are read into users.users and users.groups
#   other files below /etc  are environment.etc entries with the manifest's mode and owner
#   everything else         is linked from the store by systemd-tmpfiles
#   keep: seed              is copied when absent and never touched again
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.services.dncompile;
  root = cfg.hostFolder + "/root";
  manifest = builtins.fromJSON (builtins.readFile (cfg.hostFolder + "/manifest.json"));

  # ── Files, by what NixOS does with them
  files = map (file: file // { path = lib.removePrefix "/" file.path; }) manifest.files;
  below = folder: builtins.filter (file: lib.hasPrefix folder file.path);
  notBelow = folder: builtins.filter (file: !lib.hasPrefix folder file.path);
  seeds = builtins.filter (file: file.keep == "seed") files;
  owned = builtins.filter (file: file.keep != "seed") files;
  units = below "etc/systemd/system/" owned;
  tmpfiles = below "etc/tmpfiles.d/" owned;
  sysusers = below "etc/sysusers.d/" owned;
  etc = notBelow "etc/systemd/system/" (
    notBelow "etc/tmpfiles.d/" (notBelow "etc/sysusers.d/" (below "etc/" owned))
  );
  elsewhere = notBelow "etc/" owned;

  # One store path for the whole tree: a program finds its sibling modules beside itself, also behind a link.
  source = file: "${root}/${file.path}";

  folderOf =
    name: from: to: chosen:
    pkgs.runCommand name { } (
      lib.concatMapStrings (file: ''
        install -D -m 0644 ${lib.escapeShellArg (source file)} "$out"/${lib.escapeShellArg (to + lib.removePrefix from file.path)}
      '') chosen
    );

  entry =
    file:
    lib.nameValuePair (lib.removePrefix "etc/" file.path) {
      source = source file;
      mode = file.mode;
      user = file.owner;
      group = file.group;
    };

  rule =
    type: file:
    lib.nameValuePair "/${file.path}" {
      ${type} = {
        argument = source file;
      }
      // lib.optionalAttrs (type == "C") {
        mode = file.mode;
        user = file.owner;
        group = file.group;
      };
    };

  # ── Units
  enabled = builtins.attrNames (lib.filterAttrs (_: unit: unit.enabled or false) manifest.units);

  # The targets that the unit's own [Install] section names.
  wantedBy =
    name:
    let
      text = builtins.readFile (root + "/etc/systemd/system/${name}");
      lines = builtins.filter builtins.isString (builtins.split "\n" text);
      named = builtins.filter (found: found != null) (map (builtins.match "WantedBy=(.*)") lines);
    in
    builtins.concatMap (found: lib.splitString " " (builtins.head found)) named;

  # ── Users: the lines of sysusers.d(5) that the compiler writes, as
  #    [ kind name id-or-group (quoted description) description (home) home (shell) shell ]
  accounts = builtins.concatMap (
    file:
    map (builtins.match ''(u|g|m)!?[ ]+([^ ]+)[ ]+([^ ]+)([ ]+"([^"]*)")?([ ]+([^ ]+))?([ ]+([^ ]+))?'') (
      builtins.filter builtins.isString (builtins.split "\n" (builtins.readFile (root + "/${file.path}")))
    )
  ) sysusers;
  ofKind = kind: builtins.filter (line: line != null && builtins.head line == kind) accounts;
  nameOf = line: builtins.elemAt line 1;
  groupsOf = name: map (line: builtins.elemAt line 2) (builtins.filter (line: nameOf line == name) (ofKind "m"));
  account =
    line:
    let
      home = builtins.elemAt line 6;
      shell = builtins.elemAt line 8;
      given = value: value != null && value != "-";
    in
    {
      isSystemUser = true;
      group = nameOf line;
      extraGroups = groupsOf (nameOf line);
    }
    // lib.optionalAttrs (given home) { inherit home; }
    # Every other shell that a service account has is a form of nologin, which NixOS sets by itself.
    // lib.optionalAttrs (shell == "/bin/sh") { inherit shell; };
in
{
  options.services.dncompile = {
    enable = lib.mkEnableOption "the host's compiled folder";

    hostFolder = lib.mkOption {
      type = lib.types.path;
      example = lib.literalExpression "./generated/hosts/gpu-1";
      description = "The host's folder: `manifest.json` and `root/`.";
    };

    links = lib.mkOption {
      type = lib.types.attrsOf lib.types.path;
      default = {
        "/usr/bin/python3" = "${pkgs.python3}/bin/python3";
      };
      defaultText = lib.literalExpression ''{ "/usr/bin/python3" = "''${pkgs.python3}/bin/python3"; }'';
      description = ''
        Programs that the compiled units name by a path of other distributions, and where they are on this machine.
      '';
    };
  };

  config = lib.mkIf cfg.enable {
    systemd.packages = lib.optional (units != [ ]) (
      folderOf "dncompile-units" "etc/systemd/system/" "lib/systemd/system/" units
    );

    systemd.units = lib.genAttrs enabled (name: {
      wantedBy = wantedBy name;
      overrideStrategy = "asDropin";
    });

    environment.etc = builtins.listToAttrs (map entry etc);

    # NixOS refuses a package here that has no rules.
    systemd.tmpfiles.packages = lib.optional (tmpfiles != [ ]) (
      folderOf "dncompile-tmpfiles" "etc/tmpfiles.d/" "lib/tmpfiles.d/" tmpfiles
    );
    systemd.tmpfiles.settings."10-dncompile" =
      builtins.listToAttrs (map (rule "L+") elsewhere)
      // builtins.listToAttrs (map (rule "C") seeds)
      // builtins.mapAttrs (_: program: { "L+".argument = "${program}"; }) cfg.links;

    users.users = builtins.listToAttrs (
      map (line: lib.nameValuePair (nameOf line) (account line)) (ofKind "u")
    );
    users.groups = lib.genAttrs (map nameOf (ofKind "u" ++ ofKind "g")) (_: { });
  };
}
