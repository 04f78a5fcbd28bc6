public import Runtime

extension SealingRotation {
    /// The body of the request for a rotation: the id of the key that everything is to be sealed by.
    public static var form: Rule<String> {
        Form.object { form throws(Mistakes) -> String? in form.required("keyID", Rule.title(1...32)) }
    }
}

extension Problem {
    /// 409: what is sealed by it could not be opened by all.
    static func sealingKeyUnknown(_ keyID: String) -> Problem {
        .conflict(
            "sealing-key-unknown",
            "Not every running copy of this service has a sealing key '\(keyID)'.",
            fix:
                "Add it to SEALING_KEYS of registry, fetcher and verifier behind the one in use and restart all copies; "
                + "then put it first and restart them again."
        )
    }

    /// 409: one after the other.
    static func sealingUnderWay(_ keyID: String) -> Problem {
        .conflict(
            "sealing-under-way",
            "Everything is being sealed by the key '\(keyID)', and that is not done yet.",
            fix: "Wait until it is done; or put the other key first in SEALING_KEYS of all copies."
        )
    }
}
