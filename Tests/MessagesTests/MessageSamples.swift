import FoundationEssentials
import JSONCoding
import Messages
import Sealing

/// One value of every kind of message; the golden samples hold them to what was released.
enum MessageSamples {
    static let all: [any Message] = [
        configuration, client, runSync, CancelRun(run: run, epoch: epoch),
        AskFor(
            batch: 1,
            batches: 2,
            terms: configuration.terms,
            objects: [.department(7), .user("lisi")],
            sampled: [.user],
            witnesses: [.user("zhangsan"), .department(1)],
            askedAt: time
        ),
        RunStarted(
            kind: .objects,
            target: target,
            selection: selection,
            isDryRun: false,
            plan: Epoch(rawValue: 6),
            terms: terms,
            requestedAt: time
        ),
        FindingsFetched(
            batch: 1,
            batches: 2,
            mappingNumber: MappingNumber(rawValue: 3),
            findings: [finding],
            sampled: [.user],
            witnesses: [Finding(.user("zhangsan"), .present, isInScope: true)],
            visibleRangeHash: digest,
            users: RawJSON(bytes: Array(#"[{"department":[1],"name":"张三","userid":"zhangsan"}]"#.utf8)),
            departments: RawJSON(bytes: Array(#"[{"id":1,"name":"总部","order":9,"parentid":0}]"#.utf8))
        ),
        FindingsMapped(
            batch: 1,
            batches: 2,
            findings: [finding],
            sampled: [.user],
            witnesses: [Finding(.user("zhangsan"), .present, isInScope: true)],
            visibleRangeHash: digest,
            users: [user],
            departments: [department],
            rejected: [RejectedRecord(externalID: "wangwu", reason: "no id")],
            fieldProblems: [problem],
            fields: MappedFields(always: ["username"]),
            filtered: ["zhaoliu"]
        ),
        DepartmentPage(
            page: 1,
            departments: RawJSON(bytes: Array(#"[{"id":1,"name":"总部","order":9,"parentid":0}]"#.utf8))
        ),
        UserPage(
            page: 2,
            mappingNumber: MappingNumber(rawValue: 3),
            users: RawJSON(bytes: Array(#"[{"department":[1],"name":"张三","userid":"zhangsan"}]"#.utf8))
        ),
        UnchangedPages(
            page: 3,
            mappingNumber: MappingNumber(rawValue: 3),
            pages: [
                UnchangedPages.Page(
                    origin: PageOrigin(department: 7, part: 1, digest: digest),
                    users: DigestList([digest, ContentDigest(high: 3, low: 4)])
                )
            ],
            mapping: digest
        ),
        RunFetched(manifest: manifest), RunMapped(manifest: manifest),
        RunAborted(outcome: .failed, reason: "The rules changed.", cause: .mappingChanged, errorCode: 60_020),
        PageRefused(
            page: 3,
            origin: PageOrigin(department: 7, part: 1, digest: digest),
            reason: "The page is no list of people."
        ),
        DepartmentBatch(
            page: 1,
            slice: PageSlice(number: 1, count: 2),
            departments: [department],
            rejected: [RejectedRecord(externalID: nil, reason: "no id")],
            fieldProblems: [problem]
        ),
        UserBatch(
            page: 2,
            slice: PageSlice(number: 2, count: 2),
            users: [user],
            rejected: [RejectedRecord(externalID: "lisi", reason: "status is not known")],
            fieldProblems: [problem],
            fields: MappedFields(always: ["username"], onCreate: ["employee_number"]),
            filtered: ["zhaoliu"]
        ),
        DirectoryChanges(
            incarnation: Incarnation(UUID(high: 0x0195_0000_0000_7000, low: 0x8000_0000_0000_0005)),
            snapshot: DirectorySnapshot(part: 1, isLast: true),
            generation: Generation(rawValue: 2),
            userIDCase: .sensitive,
            sequence: 1,
            users: [userChange],
            departments: [departmentChange]
        ),
        StageProgress(stage: .writer, pages: 2, departmentsRead: 1, departmentsExpected: 1, usersSeen: 1),
        RunFinished(
            outcome: .failed,
            counts: counts,
            reasons: ["A newer run began before this one was over."],
            fieldReports: [
                FieldReport(objectKind: .user, field: "gender", kind: .wrongType, count: 1, objects: ["lisi"])
            ],
            cause: .overtaken,
            errorCode: 60_020,
            currentEpoch: epoch.next,
            stillHeld: 2,
            finishedAt: time
        ),
        LogonSucceeded(user: userID, clientID: "sase-client", session: "s-1"),
        LogonFailed(reason: "idp_closed", diagnosis: "d-1", clientID: "sase-client"),
        SessionsEnded(reason: .userDisabled, users: [userID], sessions: 1),
    ]

    private static let identityProvider = IdentityProviderID(
        UUID(high: 0x0195_0000_0000_7000, low: 0x8000_0000_0000_0001)
    )
    private static let tenant = TenantID(UUID(high: 0x0195_0000_0000_7000, low: 0x8000_0000_0000_0002))
    private static let run = RunID(UUID(high: 0x0195_0000_0000_7000, low: 0x8000_0000_0000_0003))
    private static let userID = UserID(UUID(high: 0x0195_0000_0000_7000, low: 0x8000_0000_0000_0004))
    private static let epoch = Epoch(rawValue: 7)
    private static let time = Timestamp(millisecondsSince1970: 1_772_353_800_125)
    private static let digest = ContentDigest(high: 1, low: 2)

    private static let client = ClientConfiguration(
        id: ClientID(UUID(high: 0x0195_0000_0000_7000, low: 0x8000_0000_0000_0005)),
        clientID: ClientName("sase-client"),
        tenant: tenant,
        revision: Revision(rawValue: 3),
        name: "SASE client",
        authentication: .clientSecret,
        secrets: [
            ClientSecret(of: Secret("the former secret"), goodUntil: time), ClientSecret(of: Secret("the secret")),
        ],
        keys: [
            ClientKey(curveX: "eA", y: "eQ", kid: "one"), ClientKey(modulus: "bg", exponent: "AQAB"),
        ],
        redirectURIs: ["https://app.example.com/callback"],
        postLogoutRedirectURIs: ["https://app.example.com/bye"],
        backchannelLogoutURI: "https://app.example.com/told",
        scopes: [.openid, .offlineAccess],
        idTokenAlgorithm: .rs256,
        isNative: true,
        usesDeviceFlow: true
    )

    private static let configuration = IdentityProviderConfiguration(
        id: identityProvider,
        tenant: tenant,
        enterpriseID: EnterpriseID("abcdefgh23")!,
        revision: Revision(rawValue: 3),
        generation: Generation(rawValue: 2),
        name: try! IdentityProviderName("test_123"),
        description: "WeCom data source",
        quietHours: QuietHours(from: 8, to: 20, timeZone: "Asia/Shanghai"),
        scope: .departments([1, 2]),
        mapping: MappingRule.defaults + [
            MappingRule(
                target: "employee_number",
                kind: .expression,
                expression: "digits(extattr(\"工号\"))",
                value: "0",
                when: .onCreate,
                missing: .default
            )
        ],
        filter: "status == 5",
        extendedFields: [ExtendedField(key: "employee_number", titles: ["en": "Employee number"])],
        mappingNumber: MappingNumber(rawValue: 2),
        safetyLimits: SafetyLimits(protectedUsers: ["zhangsan"]),
        authorization: .authorized,
        connection: WeComConnection(
            kind: .customDevelopedApp,
            corpID: "ww4151efa784c9324d",
            agentID: 1_000_002,
            secret: try! SealedSecret("v1.k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        ),
        schema: "wwauth4151efa784c9324d000002",
        egress: EgressProxy(
            host: "proxy.example.com",
            port: 3_128,
            credentials: try! SealedSecret("v1.k1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
        )
    )

    private static let target = RunTarget(
        users: ["lisi"],
        departments: [7],
        includesBelow: true,
        toldDeleted: ["lisi"],
        toldRenamed: [RunTarget.Renaming(from: "wangwu", to: "wang.wu")]
    )
    private static let selection = HeldSelection(upTo: epoch, objects: [.user("lisi")], reused: .samePerson)
    private static let finding = Finding(.user("lisi"), .absent, code: 60_111)
    private static let problem = FieldProblem(.user("lisi"), field: "gender", .wrongType)

    /// Of a run that makes a plan.
    private static let terms = {
        var terms = configuration.terms
        terms.planHours = 24
        terms.tellsDepartmentPaths = true
        terms.tellsContactDetails = true
        terms.contactDetailsSince = Revision(rawValue: 2)
        return terms
    }()

    private static let runSync = RunSync(
        run: run,
        epoch: epoch,
        kind: .objects,
        target: target,
        selection: selection,
        plan: Epoch(rawValue: 6),
        terms: terms,
        configurationRevision: Revision(rawValue: 3),
        cause: .manual,
        requestedAt: time,
        basis: Epoch(rawValue: 6)
    )

    private static let manifest = FetchManifest(
        departmentsExpected: 1,
        departmentsRead: 1,
        pages: 2,
        distinctUsers: 1,
        userDigest: digest,
        departmentDigest: digest,
        scopeHash: digest,
        visibleRangeHash: digest,
        unreadDepartments: [7],
        isRangeWhole: false,
        findings: [finding],
        isComplete: false,
        incompleteReasons: ["A department could not be read."]
    )

    private static let department = DepartmentRecord(
        externalID: 1,
        parentID: 0,
        name: "总部",
        englishName: "Head office",
        order: 9,
        leaders: ["zhangsan"],
        contentHash: digest
    )

    private static let user = UserRecord(
        externalID: "zhangsan",
        openUserID: "woAJ2GCAAAXtWyujaWJHDDGi0mACH71w",
        username: "zhangsan",
        displayName: "张三",
        email: "zhangsan@example.com",
        mobile: "",
        title: "Engineer",
        gender: "1",
        employeeNumber: "42",
        avatar: "https://example.com/a.png",
        address: "Tower 1",
        manager: "lisi",
        department: "R&D",
        locale: "zh-CN",
        status: .active,
        mainDepartment: 1,
        memberships: [UserRecord.Membership(department: 1, order: 9, isLeader: true)],
        leaders: ["lisi"],
        attributes: ["employee_number": "42"],
        contentHash: digest
    )

    private static let userChange = DirectoryChanges.UserChange(
        kind: .created,
        id: userID,
        externalID: "zhangsan",
        username: "zhangsan",
        displayName: "张三",
        email: "zhangsan@example.com",
        isEnabled: true,
        departments: [1],
        phoneNumber: "+86 13800000000",
        address: "广州市海珠区"
    )

    private static let departmentChange = DirectoryChanges.DepartmentChange(
        kind: .created,
        externalID: 1,
        parentID: 0,
        name: "总部"
    )

    private static let counts: RunCounts = {
        var counts = RunCounts()
        counts.users.seen = 1
        counts.users.created = 1
        counts.departments.seen = 1
        counts.departments.unchanged = 1
        return counts
    }()
}
