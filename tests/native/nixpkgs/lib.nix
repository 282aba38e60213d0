rec {
  nameValuePair = name: value: { inherit name value; };
  genAttrs = names: value: builtins.listToAttrs (map (name: nameValuePair name (value name)) names);
  filterAttrs =
    keep: set:
    removeAttrs set (builtins.filter (name: !keep name set.${name}) (builtins.attrNames set));
  optional = condition: element: if condition then [ element ] else [ ];
  optionalAttrs = condition: set: if condition then set else { };

  concatMapStrings = text: list: builtins.concatStringsSep "" (map text list);
  escapeShellArg = text: "'${builtins.replaceStrings [ "'" ] [ "'\\''" ] text}'";
  hasPrefix = prefix: text: builtins.substring 0 (builtins.stringLength prefix) text == prefix;
  removePrefix =
    prefix: text:
    if hasPrefix prefix text then builtins.substring (builtins.stringLength prefix) (-1) text else text;
  splitString = separator: text: builtins.filter builtins.isString (builtins.split separator text);

  literalExpression = text: text;
  mkEnableOption = description: { inherit description; };
  mkIf = condition: content: if condition then content else { };
  mkOption = option: option;
  types = {
    attrsOf = type: [ type ];
    path = "path";
  };
  platforms.linux = [
    "x86_64-linux"
    "aarch64-linux"
  ];
}
