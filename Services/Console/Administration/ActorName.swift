/// What actors and keys are called that were made by the product itself, in words.
extension Texts {
    /// What the key of a one-time link is called in the registry, before the name of the key that asked for the link.
    static let linkKey = "sign-in link of "
    /// What the registry calls the holder of the key that the installation was set up with.
    private static let bootstrap = "bootstrap"

    /// A key's name, or that of whoever is signed in.
    func keyName(_ name: String) -> String {
        if name == Self.bootstrap { return self["audit.actor_bootstrap"] }
        guard name.hasPrefix(Self.linkKey) else { return name }
        let asking = String(name.dropFirst(Self.linkKey.count))
        return asking == Self.bootstrap ? self["signIn.firstLink"] : self["signIn.linkOf", ["name": keyName(asking)]]
    }

    /// Who did something.
    func name(of actor: AuditActor) -> String {
        switch actor.kind {
        case "key": keyName(actor.name)
        case "bootstrap", "wecom", "system": find("audit.actor_\(actor.kind)") ?? actor.name
        default: actor.name
        }
    }
}
