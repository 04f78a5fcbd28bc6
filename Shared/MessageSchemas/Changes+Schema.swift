import Messages

extension DirectoryChanges.Kind: Described {}

extension DirectoryChanges.UserChange: Described {
    static let jsonSchema = JSONSchema.object(
        of: DirectoryChanges.UserChange.self,
        "A person, as the directory has it now.",
        [
            .field("kind", \.kind, "What happened."),
            .field("id", \.id, "Who."),
            .field("externalID", \.externalID, "WeCom's user id."),
            .field("username", \.username, "What programs call the person."),
            .field("displayName", \.displayName, "What people call the person."),
            .field("email", \.email, "The address for mail."),
            .field("isEnabled", \.isEnabled, "Whether the person may log on."),
            .field("departments", \.departments, "WeCom's numbers of the departments."),
            .field(
                "phoneNumber",
                \.phoneNumber,
                "The telephone number; told only where the identity provider's settings say so, of whoever may log on."
            ),
            .field("address", \.address, "Where the person works; told in the same way."),
        ]
    )
}

extension DirectoryChanges.DepartmentChange: Described {
    static let jsonSchema = JSONSchema.object(
        of: DirectoryChanges.DepartmentChange.self,
        "A department, as the directory has it now.",
        [
            .field("kind", \.kind, "What happened."),
            .field("externalID", \.externalID, "WeCom's number of it."),
            .field("parentID", \.parentID, "The department above it."),
            .field("name", \.name, "What it is called."),
        ]
    )
}

extension DirectorySnapshot: Described {
    static let jsonSchema = JSONSchema.object(
        of: DirectorySnapshot.self,
        """
        Which part of a whole republication of an identity provider's directory a message is: whoever is in none of \
        its parts is not in the directory, once the last one has come.
        """,
        [
            .field("part", \.part, "Its number, from 1: the first begins the republication."),
            .field("isLast", \.isLast, "Whether the republication ends with it."),
        ]
    )
}

extension DirectoryChanges: Described {
    static let jsonSchema = JSONSchema.object(
        of: DirectoryChanges.self,
        """
        What changed in the directory of one identity provider. Written by the writer in the transaction that \
        changed it, read by the verifier and by whoever wants a feed. Topic directory.changes.v1.
        """,
        [
            .field(
                "incarnation",
                \.incarnation,
                "Which life of the directory tells this: in another one, numbers begin anew with a republication."
            ),
            .field("snapshot", \.snapshot, "Which part of a whole republication this is, if it is one."),
            .field("generation", \.generation, "Which corp the people are of."),
            .field("userIDCase", \.userIDCase, "How the people's user ids are compared."),
            .field(
                "sequence",
                \.sequence,
                """
                Number of this batch within the envelope's epoch, from 1: within an incarnation (epoch, sequence) only \
                grows, and within an epoch without a gap.
                """
            ),
            .field("users", \.users, "The people."),
            .field("departments", \.departments, "The departments."),
        ]
    )
}
