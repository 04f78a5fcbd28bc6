import Web

/// The departments of an identity provider, in the order of the tree.
struct DepartmentTree: Sendable {
    /// One of them, with its depth below the top.
    struct Node: Equatable, Sendable {
        let id: Int
        let name: String?
        let depth: Int
        /// Who is in it or below it; nil where that is not known.
        let people: Int?
    }

    /// A department as services tell of it.
    struct Entry: Sendable {
        let id: Int
        let parentID: Int?
        let name: String?
        let people: Int?
    }

    /// WeCom's trees are not deeper; what is told to be is shown beside what it is below.
    private static let deepest = 15

    let nodes: [Node]
    /// Whether these are the ones that the app sees in WeCom now, rather than those of the directory.
    let isLive: Bool

    /// - Parameter entries: In any order. Those whose parent is not among them, or that are below themselves, are tops.
    init(_ entries: [Entry], isLive: Bool) {
        self.isLive = isLive
        let known = Set(entries.map(\.id))
        var children: [Int: [Entry]] = [:]
        var tops: [Entry] = []
        for entry in entries {
            if let parent = entry.parentID, parent != entry.id, known.contains(parent) {
                children[parent, default: []].append(entry)
            } else {
                tops.append(entry)
            }
        }
        var walk = Walk(children: children)
        for top in tops { walk.visit(top, depth: 0) }
        for entry in entries where !walk.seen.contains(entry.id) { walk.visit(entry, depth: 0) }
        nodes = walk.nodes
    }

    /// Those at a depth, each with those below it.
    ///
    /// - Parameter nodes: In the order of the tree; the first of them is at this depth.
    static func branches(of nodes: ArraySlice<Node>, at depth: Int) -> [(node: Node, below: ArraySlice<Node>)] {
        var (branches, rest): ([(node: Node, below: ArraySlice<Node>)], _) = ([], nodes)
        while let node = rest.popFirst() {
            let below = rest.prefix { $0.depth > depth && depth < deepest }
            rest = rest.dropFirst(below.count)
            branches.append((node, below))
        }
        return branches
    }

    /// Goes down the tree, and adds people up on the way back.
    private struct Walk {
        let children: [Int: [Entry]]
        var nodes: [Node] = []
        var seen: Set<Int> = []

        init(children: [Int: [Entry]]) { self.children = children }

        @discardableResult
        mutating func visit(_ entry: Entry, depth: Int) -> Int? {
            guard seen.insert(entry.id).inserted else { return nil }
            let place = nodes.count
            nodes.append(Node(id: entry.id, name: entry.name, depth: depth, people: nil))
            var people = entry.people
            for child in children[entry.id] ?? [] {
                let below = visit(child, depth: depth + 1)
                people = people.flatMap { sum in below.map { sum + $0 } }
            }
            nodes[place] = Node(id: entry.id, name: entry.name, depth: depth, people: people)
            return people
        }
    }

    /// The tree that the app sees in WeCom; where that cannot be read, the directory's; nil where there is none.
    static func read(of provider: IdentityProvider, _ visit: Visit) async -> DepartmentTree? {
        if provider.authorization.state == .authorized, let registry = try? visit.registry {
            let live = try? await registry.get(
                "/api/v1/idps/\(provider.id)/departments",
                as: Listed<VisibleDepartment>.self
            )
            if let live {
                let entries = live.items.map {
                    Entry(id: $0.id, parentID: $0.parentID, name: $0.name, people: $0.people)
                }
                return DepartmentTree(entries, isLive: true)
            }
        }
        let kept = (try? await departments(of: provider, visit)) ?? []
        guard !kept.isEmpty else { return nil }
        let entries = kept.map { Entry(id: $0.externalID, parentID: $0.parentID, name: $0.name, people: $0.people) }
        return DepartmentTree(entries, isLive: false)
    }

    /// All departments of the directory, with how many people each has.
    static func departments(of provider: IdentityProvider, _ visit: Visit) async throws -> [DirectoryDepartment] {
        var (all, cursor): ([DirectoryDepartment], String?) = ([], nil)
        repeat {
            let page = try await visit.desk.directory.get(
                "/api/v1/idps/\(provider.id)/departments",
                [("limit", "1000"), ("cursor", cursor), ("people", "true")],
                as: Listed<DirectoryDepartment>.self
            )
            all += page.items.filter { $0.state == "active" }
            cursor = page.nextCursor
        } while cursor != nil
        return all
    }
}
