import Runtime

/// A person of the directory, as their page shows them.
struct PersonPage: Sendable {
    struct Field: Sendable {
        let label: String
        let text: String?
    }

    struct Department: Sendable {
        let id: Int
        let name: String?
        let isMain: Bool
        let isLeader: Bool
    }

    let base: String
    let sessions: String
    let shownName: String
    let externalID: String
    let directoryID: String
    let standing: Badge
    let fields: [Field]
    let departments: [Department]
    let leaders: String?
    let createdAt: Moment
    let updatedAt: Moment
    let removedAt: Moment?
    let mayRun: Bool
    /// Where the form to make an administrator is sent; nil where nobody is to be made one here.
    let administration: String?
    let roles: [Choice]
    let historyPath: String
    let past: PastChoice

    /// Where the page of a person is, whatever the WeCom id is made of.
    static func path(_ provider: String, _ externalID: String) -> String {
        PercentEncoding.url("/idps/\(provider)/person", [("id", externalID)])
    }

    /// - Parameter isPast: Whether this is what the person was, so that nothing can be done about it.
    init(
        _ user: DirectoryUser,
        _ provider: IdentityProvider,
        _ names: DepartmentNames,
        isPast: Bool = false,
        _ visit: Visit
    ) {
        let texts = visit.texts
        base = "/idps/\(provider.id)"
        sessions = PercentEncoding.url("/idps/\(provider.id)/person/sessions", [("id", user.externalID)])
        shownName = user.displayName ?? user.externalID
        externalID = user.externalID
        directoryID = user.id
        standing = Badge(of: user, texts)
        let extended = provider.extendedFields.filter(\.isVisible).map { field in
            Field(
                label: field.title(in: visit.language),
                text: user.attributes[field.key].flatMap { $0.isEmpty ? nil : $0 }
            )
        }
        fields =
            user.texts.map { name, value in
                Field(
                    label: texts["directory.\(name)"],
                    text: value.flatMap { $0.isEmpty ? nil : texts.value($0, of: name) }
                )
            } + extended
        departments = user.departments.map { membership in
            Department(
                id: membership.id,
                name: names.name(of: membership.id),
                isMain: membership.id == user.mainDepartment,
                isLeader: membership.isLeader
            )
        }
        leaders = user.leaders.isEmpty ? nil : user.leaders.joined(separator: ", ")
        createdAt = Moment(user.createdAt, visit)
        updatedAt = Moment(user.updatedAt, visit)
        removedAt = user.removedAt.map { Moment($0, visit) }
        mayRun = visit.may(.operator) && !isPast
        let isOffered = visit.may(.owner) && !isPast && user.enabled && visit.desk.settings.signIn != nil
        administration = isOffered ? "/idps/\(provider.id)/person/administrator" : nil
        roles = Choice.roles(.viewer, texts)
        historyPath = HistoryPages.path(provider.id, person: user.id)
        past = PastChoice(path: "\(base)/people/\(user.id)/past", typed: nil)
    }
}

extension Badge {
    /// Whether somebody can log on.
    init(of user: DirectoryUser, _ texts: Texts) {
        if user.state == "removed" {
            self.init(texts["people.removed"], .bad)
        } else if !user.enabled {
            self.init(texts["people.disabled"], .caution)
        } else {
            self.init(texts["people.enabled"], .good)
        }
    }
}
