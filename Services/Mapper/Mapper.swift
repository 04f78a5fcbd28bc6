import Runtime

/// `directory-mapper`: turns what WeCom answered into the directory's records (architecture.md §1).
@main
enum MapperProgram {
    static func main() async {
        await Program.run("directory-mapper", port: 8084) { environment, context in
            let settings = try environment.settings(MapperSettings.init)
            return try mapperServices(settings, context)
        }
    }
}
