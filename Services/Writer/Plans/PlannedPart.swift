import Messages

/// What a run that may write at its end alone has gathered in one segment, as it is kept until then.
struct PlannedPart: Codable {
    private let users: [User]
    private let departments: [Department]
    private let pages: [Page]
    private let rejected: [Rejected]

    private struct User: Codable {
        let key: String
        let record: UserRecord
        let action: ActiveRun.Action
        let attributes: [String]?
    }

    private struct Department: Codable {
        let record: DepartmentRecord
        let action: ActiveRun.Action
    }

    private struct Page: Codable {
        let id: PageID
        let page: StoredPage?
    }

    private struct Rejected: Codable {
        let object: DirectoryObject
        let externalID: String
    }

    /// What the segment has of the run.
    init(_ source: SourceSegment) {
        users = source.users.list.map {
            User(key: $0.key.text, record: $0.record, action: $0.action, attributes: $0.attributes)
        }
        departments = source.departments.sorted { $0.key < $1.key }
            .map { Department(record: $0.value.record, action: $0.value.action) }
        pages = source.pages.sorted { $0.key < $1.key }.map { Page(id: $0.key, page: $0.value) }
        rejected = source.rejected.sorted { $0.key < $1.key }.map { Rejected(object: $0.key, externalID: $0.value) }
    }

    var isEmpty: Bool { users.isEmpty && departments.isEmpty && pages.isEmpty && rejected.isEmpty }

    /// How many people and departments it would write.
    var objects: Int { users.count + departments.count }

    /// The segment that it was, of a run as that stands now.
    ///
    /// - Parameter namesRejected: Whether those come, too, whose records could not be taken.
    func segment(of source: SourceSegment, namesRejected: Bool) -> SourceSegment {
        var part = source.withoutParts
        for user in users {
            let key = DirectoryKey(stored: user.key)
            part.users.add(user.record, user.action, key: key, digest: key.digest, attributes: user.attributes)
        }
        for department in departments {
            part.departments[department.record.externalID] =
                SourceSegment.DepartmentChange(record: department.record, action: department.action)
        }
        for page in pages { part.pages[page.id] = .some(page.page) }
        if namesRejected { for one in rejected { part.rejected[one.object] = one.externalID } }
        return part
    }
}

extension SourceSegment {
    /// The run as it stands, with nothing to be written.
    var withoutParts: SourceSegment {
        var part = self
        (part.users, part.departments, part.pages, part.rejected) = (UserChanges(), [:], [:], [:])
        (part.beginning, part.ending, part.completion, part.findings) = (nil, nil, nil, nil)
        return part
    }
}
