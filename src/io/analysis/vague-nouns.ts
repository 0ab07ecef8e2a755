/** Nouns that every conversation has, whatever it is about. */
export const vagueNouns: ReadonlySet<string> = new Set(
  `thing stuff way lot bit kind sort type time day today tomorrow yesterday morning afternoon evening
   night week month year hour minute moment second one ones people person guy man woman somebody
   someone everybody everyone anybody anyone nobody something anything everything nothing question
   answer problem issue point case fact idea part side end start number name word hello hey thanks
   thank sir madam ma'am please sorry okay yeah yes no bye goodbye sure course couple rest hand
   reason matter example`.split(/\s+/),
);
