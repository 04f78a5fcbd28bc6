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

    /// Where the page of a person is, whatever the WeCom id is made of.
    static func path(_ provider: String, _ externalID: String) -> String {
        PercentEncoding.url("/idps/\(provider)/person", [("id", externalID)])
    }

    init(
        _ user: DirectoryUser,
        _ provider: IdentityProvider,
        _ names: [Int: String],
        _ visit: Visit
    ) {
        let texts = visit.texts
        base = "/idps/\(provider.id)"
        shownName = user.displayName ?? user.externalID
        externalID = user.externalID
        directoryID = user.id
        standing = Badge(of: user, texts)
        let own: [(String, String?)] = [
            ("username", user.username), ("displayName", user.displayName), ("email", user.email),
            ("mobile", user.mobile), ("telephone", user.telephone), ("title", user.title), ("alias", user.alias),
            ("gender", user.gender), ("employeeNumber", user.employeeNumber), ("avatar", user.avatar),
            ("address", user.address), ("manager", user.manager), ("department", user.department),
            ("locale", user.locale),
        ]
        let extended = provider.extendedFields.filter(\.isVisible).map { field in
            Field(label: field.title(in: visit.language), text: user.attributes[field.key])
        }
        fields = own.map { Field(label: texts["directory.\($0.0)"], text: $0.1) } + extended
        departments = user.departments.map { membership in
            Department(
                id: membership.id,
                name: names[membership.id],
                isMain: membership.id == user.mainDepartment,
                isLeader: membership.isLeader
            )
        }
        leaders = user.leaders.isEmpty ? nil : user.leaders.joined(separator: ", ")
        createdAt = Moment(user.createdAt, visit)
        updatedAt = Moment(user.updatedAt, visit)
        removedAt = user.removedAt.map { Moment($0, visit) }
        mayRun = visit.may(.operator)
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
