import Web

extension Visit {
    /// The terms of a request that changes what the form's page showed: the version that the form was made from. A form
    /// without one is refused by the service, as nobody knows what whoever sent it had seen.
    var changeTerms: ServiceAPI.Terms {
        ServiceAPI.Terms(version: form["version"].flatMap { text in Int(text).map { "\"\($0)\"" } })
    }

    /// Whether somebody else was faster than whoever sent the form.
    var isStale: Bool { problem?.status == 412 }

    /// The version that a form is made from.
    ///
    /// Where it is shown again, that is still the one that it was first made from, so that somebody else's change is told;
    /// once it has been told, the present one.
    func version(now present: some CustomStringConvertible) -> String {
        isStale ? "\(present)" : form["version"] ?? "\(present)"
    }
}
