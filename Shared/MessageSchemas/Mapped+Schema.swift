import Messages

extension UserRecord.Status: Described {}

extension DepartmentBatch: Described {
    static let jsonSchema = JSONSchema.object(
        of: DepartmentBatch.self,
        "Departments, mapped: one page's. Written by the mapper, read by the writer. Topic directory.records.v1.",
        [
            .field("page", \.page, "Number of the page that they come from."),
            .field("slice", \.slice, "Which part of the page this is; absent where it is all of it."),
            .field("departments", \.departments, "The departments."),
            .field("rejected", \.rejected, "Those that could not be mapped."),
            .field("fieldProblems", \.fieldProblems, "Fields that could not be taken."),
        ]
    )
}

extension FieldProblem.Kind: Described {}

extension FieldProblem: Described {
    static let jsonSchema = JSONSchema.object(
        of: FieldProblem.self,
        "A field of a record that could not be taken, without its value.",
        [
            .field("object", \.object, "Whose field."),
            .field("field", \.field, "WeCom's name of the field."),
            .field("kind", \.kind, "What is the matter."),
        ]
    )
}

extension FindingsMapped: Described {
    static let jsonSchema = JSONSchema.object(
        of: FindingsMapped.self,
        """
        The answers to one wecombridge.ask-for, with the records of those whom WeCom showed, mapped. Written by the \
        mapper, read by the writer. Topic directory.records.v1.
        """,
        [
            .field("batch", \.batch, "Number of the batch that is answered."),
            .field("batches", \.batches, "How many batches the run asks for."),
            .field("findings", \.findings, "What WeCom says of each object that was asked for."),
            .field(
                "sampled",
                \.sampled,
                "Kinds of which the run asks only for some, who stand for the others: what is said of them removes nobody."
            ),
            .field("witnesses", \.witnesses, "What it says of people and departments that the run's lists showed."),
            .field(
                "visibleRangeHash",
                \.visibleRangeHash,
                "Tells the visible range from others, as it was after the last answer."
            ),
            .field("users", \.users, "The people who are present."),
            .field("departments", \.departments, "The departments that are present."),
            .field("rejected", \.rejected, "Those of the present that could not be mapped."),
            .field("fieldProblems", \.fieldProblems, "Fields that could not be taken."),
            .field(
                "fields",
                \.fields,
                "Which fields the rules fill; absent where nothing is said of the others."
            ),
            .field("filtered", \.filtered, "WeCom user ids of those of the present whom the filter leaves out."),
        ]
    )
}

extension MappedFields: Described {
    static let jsonSchema = JSONSchema.object(
        of: MappedFields.self,
        "Which fields of the directory the rules fill: all others are cleared.",
        [
            .field("always", \.always, "Fields that follow WeCom."),
            .field("onCreate", \.onCreate, "Fields that are filled for new people only, and left alone afterwards."),
        ]
    )
}

extension DepartmentRecord: Described {
    static let jsonSchema = JSONSchema.object(
        of: DepartmentRecord.self,
        "A department, mapped.",
        [
            .field("externalID", \.externalID, "WeCom's number of it."),
            .field("parentID", \.parentID, "The department above it; 0 for none."),
            .field("name", \.name, "What it is called. Absent where WeCom does not tell."),
            .field("englishName", \.englishName, "What it is called in English."),
            .field(
                "order",
                \.order,
                "Its place among its siblings; larger comes first. Absent where WeCom does not tell."
            ),
            .field("leaders", \.leaders, "WeCom user ids of its leaders. Absent where WeCom does not tell."),
            .field("contentHash", \.contentHash, "The digest of all the above."),
        ]
    )
}

extension RejectedRecord: Described {
    static let jsonSchema = JSONSchema.object(
        of: RejectedRecord.self,
        "A record that could not be mapped. It stops nothing: the object stays as the directory has it.",
        [
            .field("externalID", \.externalID, "The object's id, where that could be read."),
            .field("reason", \.reason, "Why, in one sentence without a person's data."),
        ]
    )
}

extension PageRefused: Described {
    static let jsonSchema = JSONSchema.object(
        of: PageRefused.self,
        """
        A page that could not be mapped: what it held is missing from the run, which says nothing about who is gone \
        there. Written by the mapper, read by the writer. Topic directory.records.v1.
        """,
        [
            .field("page", \.page, "Number of the page."),
            .field("origin", \.origin, "Which page of which department it is, where that is known."),
            .field("reason", \.reason, "Why, in one sentence without a person's data."),
        ]
    )
}

extension PageSlice: Described {
    static let jsonSchema = JSONSchema.object(
        of: PageSlice.self,
        "Which part of a page a message holds, where the mapped page is too large for one message.",
        [
            .field("number", \.number, "Its number, from 1."),
            .field("count", \.count, "How many there are of the page."),
        ]
    )
}

extension RunMapped: Described {
    static let jsonSchema = JSONSchema.object(
        of: RunMapped.self,
        """
        All that was read has been mapped: the manifest. Written by the mapper, read by the writer. Topic \
        directory.records.v1.
        """,
        [
            .field("manifest", \.manifest, "What the fetcher read.")
        ]
    )
}

extension UserBatch: Described {
    static let jsonSchema = JSONSchema.object(
        of: UserBatch.self,
        "People, mapped: one page's. Written by the mapper, read by the writer. Topic directory.records.v1.",
        [
            .field("page", \.page, "Number of the page that they come from."),
            .field("slice", \.slice, "Which part of the page this is; absent where it is all of it."),
            .field("users", \.users, "The people."),
            .field("rejected", \.rejected, "Those that could not be mapped."),
            .field("fieldProblems", \.fieldProblems, "Fields that could not be taken."),
            .field(
                "origin",
                \.origin,
                """
                Which page of which department they come from; absent for people who were asked for one by one.
                """
            ),
            .field("mapping", \.mapping, "Tells the mapping from others; absent where there is no origin."),
            .field(
                "fields",
                \.fields,
                "Which fields the rules fill; absent where nothing is said of the others."
            ),
            .field(
                "filtered",
                \.filtered,
                "WeCom user ids of those whom the filter leaves out: they were read, and are not to be in the directory."
            ),
        ]
    )
}

extension UserRecord.Membership: Described {
    static let jsonSchema = JSONSchema.object(
        of: UserRecord.Membership.self,
        "A department that the person belongs to.",
        [
            .field("department", \.department, "WeCom's number of the department."),
            .field("order", \.order, "The person's place in it; larger comes first."),
            .field("isLeader", \.isLeader, "Whether the person leads it."),
        ]
    )
}

extension UserRecord: Described {
    static let jsonSchema = JSONSchema.object(
        of: UserRecord.self,
        """
        A person, mapped. A field that is missing was missing in WeCom's answer, and leaves the directory as it is; \
        an empty text or list clears it (wecom.md §3.6, "Absent ≠ empty").
        """,
        [
            .field("externalID", \.externalID, "WeCom's user id, as it spells it."),
            .field(
                "openUserID",
                \.openUserID,
                "What WeCom calls the person towards the apps of one provider. Absent where it does not say."
            ),
            .field("username", \.username, "What programs call the person."),
            .field("displayName", \.displayName, "What people call the person."),
            .field("email", \.email, "The address for mail."),
            .field("mobile", \.mobile, "The number of the mobile phone."),
            .field("telephone", \.telephone, "The number on the desk."),
            .field("title", \.title, "The position in the enterprise."),
            .field("alias", \.alias, "Another name."),
            .field("gender", \.gender, "The gender, as WeCom or a rule tells it."),
            .field("employeeNumber", \.employeeNumber, "The number that the enterprise gave the person."),
            .field("avatar", \.avatar, "The address of the picture."),
            .field("address", \.address, "Where the person works."),
            .field("manager", \.manager, "WeCom user id of whom the person reports to."),
            .field("department", \.department, "What the department is called towards other programs."),
            .field("locale", \.locale, "The language, as BCP 47 writes it."),
            .field("status", \.status, "What WeCom says of the account; absent where it does not say."),
            .field("mainDepartment", \.mainDepartment, "The main department; 0 for none."),
            .field("memberships", \.memberships, "The departments."),
            .field("leaders", \.leaders, "WeCom user ids of the direct leaders."),
            .field("attributes", \.attributes, "The tenant's extended fields; an empty text clears one."),
            .field("contentHash", \.contentHash, "The digest of all the above."),
        ]
    )
}
