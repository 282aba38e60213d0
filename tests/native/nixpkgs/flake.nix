# A stand-in for nixpkgs, so that the flake can be evaluated offline: each function that our files call, with the
# meaning that the real one has for them, and derivations that are never built.
{
  outputs =
    { self }:
    {
      lib = import ./lib.nix;
      legacyPackages.x86_64-linux = import ./packages.nix "x86_64-linux";
      legacyPackages.aarch64-linux = import ./packages.nix "aarch64-linux";
    };
}
