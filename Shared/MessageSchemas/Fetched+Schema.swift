import Messages

extension DepartmentPage: Described {
    static let jsonSchema = JSONSchema.object(
        of: DepartmentPage.self,
        """
        Departments as WeCom answered them, each as strict JSON. Written by the fetcher, read by the mapper. \
        Topic wecom.records.v1.
        """,
        [
            .field(
                "page",
                \.page,
                "Number of the page within its holder's part of the run, from 1, shared with the user pages."
            ),
            .field("departments", \.departments, "An array of department objects (wecom.md §3.1)."),
        ]
    )
}

extension FetchManifest: Described {
    static let jsonSchema = JSONSchema.object(
        of: FetchManifest.self,
        "What a run has read, so that those behind it can prove that all of it arrived (architecture.md §3).",
        [
            .field("departmentsExpected", \.departmentsExpected, "Departments of the visible range and the scope."),
            .field("departmentsRead", \.departmentsRead, "Those whose people were read."),
            .field("pages", \.pages, "Pages of this holder's part of the run."),
            .field("distinctUsers", \.distinctUsers, "Distinct people, over all holders of the run."),
            .field("userDigest", \.userDigest, "The sum of the digests of their keys."),
            .field(
                "departmentDigest",
                \.departmentDigest,
                "The sum of the digests of the departments' ids (as decimal text)."
            ),
            .field("scopeHash", \.scopeHash, "Tells one scope from another."),
            .field("visibleRangeHash", \.visibleRangeHash, "Tells one visible range from another."),
            .field(
                "unreadDepartments",
                \.unreadDepartments,
                "Departments whose people were not read, or not all of them."
            ),
            .field("isRangeWhole", \.isRangeWhole, "Whether the whole visible range is known."),
            .field(
                "findings",
                \.findings,
                "What WeCom said of the people that a run of kind objects asked for one by one."
            ),
            .field("isComplete", \.isComplete, "Whether all of the range and the scope was read."),
            .field("incompleteReasons", \.incompleteReasons, "Why it was not, a sentence each."),
        ]
    )
}

extension DirectoryObject.Kind: Described {}
extension Finding.Answer: Described {}

extension DirectoryObject: Described {
    static let jsonSchema = JSONSchema.object(
        of: DirectoryObject.self,
        "A person or a department, by WeCom's name of it.",
        [
            .field("kind", \.kind, "Of which kind it is."),
            .field(
                "externalID",
                \.externalID,
                "The user id as WeCom spells it, or the department's number in decimal digits."
            ),
        ]
    )
}

extension Finding: Described {
    static let jsonSchema = JSONSchema.object(
        of: Finding.self,
        "What WeCom says of one object that was asked for by itself.",
        [
            .field("object", \.object, "Which object."),
            .field("answer", \.answer, "What WeCom says."),
            .field("code", \.code, "WeCom's error code, if it gave one."),
            .field(
                "isInScope",
                \.isInScope,
                """
                Whether what is present lies in the visible range and the scope now; absent where the scope is not of \
                departments, or WeCom did not say.
                """
            ),
        ]
    )
}

extension FindingsFetched: Described {
    static let jsonSchema = JSONSchema.object(
        of: FindingsFetched.self,
        """
        The answers to one wecombridge.ask-for, with the records of those whom WeCom showed. Written by the fetcher, \
        read by the mapper. Topic wecom.records.v1.
        """,
        [
            .field("batch", \.batch, "Number of the batch that is answered."),
            .field("batches", \.batches, "How many batches the run asks for."),
            .field("mappingNumber", \.mappingNumber, "By which rules the people are mapped."),
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
            .field(
                "users",
                \.users,
                "The people who are present (wecom.md §3.6), with departmentPath where the run's terms say so."
            ),
            .field("departments", \.departments, "The departments that are present (wecom.md §3.1)."),
        ]
    )
}

extension PageOrigin: Described {
    static let jsonSchema = JSONSchema.object(
        of: PageOrigin.self,
        """
        Where the people of a page stand in WeCom, and a digest of what WeCom said: by it a page is known again.
        """,
        [
            .field("department", \.department, "The department that was asked for."),
            .field("part", \.part, "Which part of the department's answer it is, from 0."),
            .field("digest", \.digest, "The digest of the page's array of people, as it travels."),
        ]
    )
}

extension RunAborted: Described {
    static let jsonSchema = JSONSchema.object(
        of: RunAborted.self,
        """
        A run ends before all was read or mapped. Written by the fetcher, handed on or written by the mapper, read \
        by the writer. Topics wecom.records.v1 and directory.records.v1.
        """,
        [
            .field("outcome", \.outcome, "How it ends: failed, cancelled or skipped."),
            .field("reason", \.reason, "Why, in one sentence for administrators."),
            .field("cause", \.cause, "Why, for programs that act on it."),
            .field("errorCode", \.errorCode, "WeCom's error code, if that was it."),
        ]
    )
}

extension RunFetched: Described {
    static let jsonSchema = JSONSchema.object(
        of: RunFetched.self,
        """
        All has been read from WeCom: the manifest. Written by the fetcher, read by the mapper. Topic \
        wecom.records.v1.
        """,
        [
            .field("manifest", \.manifest, "What was read.")
        ]
    )
}

extension RunStarted: Described {
    static let jsonSchema = JSONSchema.object(
        of: RunStarted.self,
        """
        A run begins, or goes on with a new holder. Written by the fetcher, handed on by the mapper, read by \
        the writer. Topics wecom.records.v1 and directory.records.v1.
        """,
        [
            .field("kind", \.kind, "What is synchronised."),
            .field("target", \.target, "Which objects are read, by a run of kind objects."),
            .field("selection", \.selection, "What is decided about, by a run of kind apply, reject or undo."),
            .field("isDryRun", \.isDryRun, "Whether nothing may be written to the directory."),
            .field(
                "plan",
                \.plan,
                "The run whose plan is carried out: if this run would do anything else, it does nothing."
            ),
            .field("terms", \.terms, "What the run means to the directory: the writer goes by it alone."),
            .field("requestedAt", \.requestedAt, "When the run was asked for."),
        ]
    )
}

extension UnchangedPages.Page: Described {
    static let jsonSchema = JSONSchema.object(
        of: UnchangedPages.Page.self,
        "A page that does not travel.",
        [
            .field("origin", \.origin, "Which page."),
            .field("users", \.users, "Its people: the digests of their keys."),
        ]
    )
}

extension UnchangedPages: Described {
    static let jsonSchema = JSONSchema.object(
        of: UnchangedPages.self,
        """
        Pages of people that WeCom answered as it did for the run that the directory was last built from; they do \
        not travel. Written by the fetcher, handed on by the mapper, read by the writer. Topics wecom.records.v1 and \
        directory.records.v1.
        """,
        [
            .field(
                "page",
                \.page,
                "Number of the message within its holder's part of the run, from 1, shared with the pages that travel."
            ),
            .field(
                "mappingNumber",
                \.mappingNumber,
                "By which rules the pages would be mapped: those of the run's terms."
            ),
            .field("pages", \.pages, "The pages."),
            .field(
                "mapping",
                \.mapping,
                "Tells the mapping that would apply to the pages from others; the mapper adds it."
            ),
        ]
    )
}

extension UserPage: Described {
    static let jsonSchema = JSONSchema.object(
        of: UserPage.self,
        """
        People as WeCom answered them, each as strict JSON. Written by the fetcher, read by the mapper. Topic \
        wecom.records.v1.
        """,
        [
            .field(
                "page",
                \.page,
                "Number of the page within its holder's part of the run, from 1, shared with the department pages."
            ),
            .field(
                "mappingNumber",
                \.mappingNumber,
                "By which rules the people are mapped: those of the run's terms."
            ),
            .field(
                "users",
                \.users,
                """
                An array of user objects (wecom.md §3.6). Where the run's terms say so each has departmentPath, the names \
                of the departments from the topmost to the one that counts, null where WeCom does not tell it; without \
                it, it is not known.
                """
            ),
            .field(
                "origin",
                \.origin,
                "Which page of which department it is; absent for people who were asked for one by one."
            ),
        ]
    )
}
