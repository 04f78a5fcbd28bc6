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

extension DirectoryChanges: Described {
    static let jsonSchema = JSONSchema.object(
        of: DirectoryChanges.self,
        """
        What changed in the directory of one identity provider. Written by the writer in the transaction that \
        changed it, read by the verifier and by whoever wants a feed. Topic directory.changes.v1.
        """,
        [
            .field(
                "sequence",
                \.sequence,
                """
                Number of this batch within the envelope's epoch, from 1: (epoch, sequence) only grows, so \
                that a reader can tell what it has applied.
                """
            ),
            .field("users", \.users, "The people."),
            .field("departments", \.departments, "The departments."),
        ]
    )
}
