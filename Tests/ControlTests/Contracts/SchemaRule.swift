import MessageSchemas
import Testing

/// Two schemas, and what is said of the one in the place of the other.
struct SchemaRule: CustomTestStringConvertible {
    let name: String
    let old: String
    let new: String
    /// Who could not live with it; `nil` where everybody can.
    let victim: Incompatibility.Victim?
    let path: String
    let reason: String

    /// Everybody can live with it.
    init(_ name: String, _ old: String, _ new: String) {
        (self.name, self.old, self.new) = (name, old, new)
        victim = nil
        (path, reason) = ("", "")
    }

    init(
        _ name: String,
        _ old: String,
        _ new: String,
        at path: String,
        _ victim: Incompatibility.Victim,
        _ reason: String
    ) {
        (self.name, self.old, self.new) = (name, old, new)
        self.victim = victim
        (self.path, self.reason) = (path, reason)
    }

    var testDescription: String { name }
}
