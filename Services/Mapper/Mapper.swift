@main
struct MapperProgram {
    static func main() {}
}
