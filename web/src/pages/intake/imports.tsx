import Missing from '../../ui/missing.tsx'
export default Missing
